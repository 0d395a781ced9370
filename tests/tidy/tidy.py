#!/usr/bin/env python3
"""Runs one check on the tree, after planting its faults in a small tree of its own, where it must find each.

usage: tidy.py CHECK [ROOT]      (floors, bans, shape, limits, comments, headers, sources)
"""
import importlib
import os
import sys
import tempfile

from tree import Tree


def finds(check, plant):
    """Whether a check says of a planted tree what it must, or is silent where there is nothing to say."""
    with tempfile.TemporaryDirectory() as root:
        for path, text in plant.files.items():
            full = os.path.join(root, path)
            os.makedirs(os.path.dirname(full), exist_ok=True)
            with open(full, 'w', encoding='utf-8') as file:
                file.write(text)
        faults = check.faults(Tree(root))
    if plant.says:
        return any(plant.says in fault for fault in faults)
    return not faults


def main(name, root):
    check = importlib.import_module(name)
    blind = [plant for plant in check.PLANTS if not finds(check, plant)]
    for plant in blind:
        print('%s: planted and not found: %s in %s' % (name, plant.says or 'nothing', dict(plant.files)))
    faults = check.faults(Tree(root))
    for fault in faults:
        print(fault)
    failed = len(blind) + (1 if faults else 0)
    print('%d passed, %d failed, 0 skipped' % (len(check.PLANTS) + 1 - failed, failed))
    return 1 if failed else 0


if __name__ == '__main__':
    here = os.path.dirname(os.path.abspath(__file__))
    sys.exit(main(sys.argv[1], sys.argv[2] if len(sys.argv) > 2 else os.path.join(here, '..', '..')))
