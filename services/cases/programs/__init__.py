"""What programs outside see of cases and do in them, in Camunda 7's words: instances, tasks, messages, external tasks.

It stands above the verbs and the pages; `webapp.rest` is the only one who asks here.
"""
