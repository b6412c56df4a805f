"""How files are read, and since which reading the same file means something else.

A deployment keeps the reading of its day. Later rules are not laid upon it, and what its files meant then they go on
meaning: cases stand in the middle of them. Whoever changes what a file means raises READING, and names the number here.
"""

READING = 7
#: since then a result variable without a mapping is a list of results, as in Camunda 7; before, one result by name
RESULTS_ARE_LISTS = 2
#: since then the name of a message or a signal that begins with an equals sign is FEEL; before, the name itself
NAMES_IN_FEEL = 3
#: since then a file's ids of messages, signals, errors and escalations are its own; before, the last file's of all that
#: were deployed together
IDS_OF_A_FILE = 4
#: since then a table of which no rule fits empties the variables that it names; before, they kept what they held
NO_RULE_EMPTIES = 5
#: since then BPMN's yes and no may be written 1 and 0; before, 1 was no yes and 0 no no
DIGITS_ARE_TRUTHS = 5
#: since then a column of Camunda's «date» looks at the time of day where all its entries do, and a range among the
#: values of an output has no rank; before, such a column looked at days, and such a list ranked the values beside it
TABLES_AS_MODELER_MEANS = 5
#: since then the type of a literal expression is made of its value, and `instance of` asks for no list of values;
#: before, the type of such an expression said nothing, and what a list left out was no instance
LITERALS_HAVE_TYPES = 6
#: since then a parameter with nothing in it is null, and a comment within a text parts nothing; before, it was a text
#: without letters, and of a text with a comment in it the first half was read
TEXTS_ARE_WHOLE = 6
#: since then a default answer that its column does not list, or that cannot be reckoned, stops the case as a rule's own
#: does; before, the first was given all the same, and of several outputs the second was empty
DEFAULTS_ARE_HELD = 7
