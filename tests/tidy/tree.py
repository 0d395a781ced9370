"""The files that the checks read, and what a check is."""
import os
import re
from dataclasses import dataclass, field

TEXT = ('.cc', '.h', '.inc', '.tsv', '.py', '.md', '.build', '.txt', '.toml', '.wrap', '.sh', '.tidy', '.service', '')
LEFT_OUT = {'.git', 'packagecache', 'corpus', '__pycache__', '.cache'}

TOKEN = re.compile(
    r'(?P<keep>^[ \t]*\#[ \t]*include[^\n]*|\b\d[\w\'.]*)'
    r'|(?P<comment>//[^\n]*|/\*.*?\*/)'
    r'|(?P<text>R"(?P<fence>[^(\s]*)\(.*?\)(?P=fence)"|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])+\')',
    re.S | re.M)


def without_comments(source):
    """Returns C++ with comments and the insides of literals blanked; every line keeps its number."""
    def blank(match):
        if match['keep']:
            return match[0]
        lines = '\n' * match[0].count('\n')
        return lines + ' ' if match['comment'] else '""' + lines
    return TOKEN.sub(blank, source)


class Source:
    """One file of the tree."""

    def __init__(self, root, path):
        self.path = path
        self.full = os.path.join(root, path)
        with open(self.full, encoding='utf-8', errors='replace') as file:
            self.text = file.read()
        self.top = path.split('/')[0]
        parts = path.split('/')
        self.room = parts[1] if self.top == 'engine' and len(parts) > 2 else ''
        self.is_cpp = path.endswith(('.cc', '.h', '.inc'))
        self._code = None

    @property
    def code(self):
        """The text without comments and literals."""
        if self._code is None:
            self._code = without_comments(self.text)
        return self._code

    def at(self, offset):
        """Returns `path:line` of an offset into text or code."""
        return '%s:%d' % (self.path, self.text.count('\n', 0, offset) + 1)

    def code_at(self, offset):
        """Returns `path:line` of an offset into the code."""
        return '%s:%d' % (self.path, self.code.count('\n', 0, offset) + 1)


class Tree:
    """A checkout; build folders and what git never sees are left out."""

    def __init__(self, root):
        self.root = root
        self.sources = [Source(root, path) for path in sorted(self._paths())]
        self.cpp = [source for source in self.sources if source.is_cpp]

    def _paths(self):
        for folder, folders, files in os.walk(self.root):
            at_top = os.path.samefile(folder, self.root)
            folders[:] = [name for name in folders if name not in LEFT_OUT
                          and not (at_top and re.match(r'build($|-)', name))
                          and not (os.path.basename(folder) == 'subprojects' and name != 'packagefiles')]
            for name in set(files) - LEFT_OUT:
                path = os.path.relpath(os.path.join(folder, name), self.root)
                if os.path.splitext(name)[1] in TEXT and not os.path.islink(os.path.join(folder, name)):
                    yield path


@dataclass
class Plant:
    """A small tree with one fault that its check must name; `says` stands in the message. Empty: nothing to find."""
    says: str
    files: dict = field(default_factory=dict)
