"""The fidelity suite: every file of a corpus through every sensible target, each result judged by a program that did not make it.

Started by ./dev corpus; __main__.py says which options there are.
"""
