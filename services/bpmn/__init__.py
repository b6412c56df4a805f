"""Reading and refusing BPMN: what a file says, what is wrong with it, how it hangs together. Nothing here runs it."""
