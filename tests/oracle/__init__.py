"""What BPMN 2.0 and Camunda 7 say must happen, row by row, and whether it does."""
