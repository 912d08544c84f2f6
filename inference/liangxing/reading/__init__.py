"""Reading a fact: what the text says, with the place where it says it."""

READING_VERSION = "5"
