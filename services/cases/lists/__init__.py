"""Lists of tasks: by what they are narrowed and sorted, kept by an address, taken from, and worked off together."""
