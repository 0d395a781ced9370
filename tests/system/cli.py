#!/usr/bin/env python3
"""The command line of `taproot`, as far as it needs no daemon and no network.

usage: cli.py TAPROOT
"""
import json
import os
import shutil
import subprocess
import sys
import tempfile

BINARY = sys.argv[1]
CASES = []


def case(test):
    """Marks a function as a test case; its first line of documentation is the case's name."""
    CASES.append(test)
    return test


def run(*words, **environment):
    """Runs `taproot` and returns (exit code, standard output, standard error)."""
    done = subprocess.run([BINARY, *words], capture_output=True, text=True, timeout=60, check=False,
                          env={'PATH': os.environ['PATH'], 'LANG': 'C.UTF-8', **environment})
    return done.returncode, done.stdout, done.stderr


def file_of(text):
    """Returns the path of a file with this text."""
    path = os.path.join(FOLDER, 'taproot.toml')
    with open(path, 'w', encoding='utf-8') as file:
        file.write(text)
    return path


@case
def usage():
    """Without a verb, and with a wrong one, the usage goes to standard error and the exit code is 2."""
    code, out, err = run()
    assert (code, out) == (2, '') and 'serve' in err and 'check' in err, err
    code, out, err = run('chek')
    assert (code, out) == (2, '') and 'did you mean `check`?' in err, err
    code, _, err = run('root')
    assert code == 2 and '`root status`, `root reload`' in err, err
    code, _, err = run('check', '--confg', 'x')
    assert code == 2 and 'did you mean --config?' in err and 'usage: taproot check' in err, err
    code, _, err = run('check', 'word')
    assert code == 2 and 'one word too many: word' in err, err


@case
def help_pages():
    """Help is good and on standard output: of all verbs, and of each verb both ways."""
    code, out, err = run('help')
    assert (code, err) == (0, ''), err
    verbs = [line.strip().split('  ')[0] for line in out.splitlines() if line.startswith('  ')]
    assert len(verbs) >= 10, out
    for verb in verbs:
        words = [word for word in verb.split() if word.islower()]
        page = run('help', *words)
        assert page[0] == 0 and page[1].startswith('taproot ' + ' '.join(words)), page
        assert run(*words, '--help') == page


@case
def version():
    """The version is one line."""
    code, out, _ = run('--version')
    assert code == 0 and out.startswith('taproot ') and out.count('\n') == 1, out


@case
def check_good():
    """A good file is said to be good, and so is the example that `docs` prints."""
    code, out, err = run('check', '--config', file_of(run('docs', 'example')[1]))
    assert code == 0 and out.endswith('taproot.toml: good\n') and err == '', (out, err)


@case
def check_mistakes():
    """Every mistake is told at once as file:line:column, and the exit code is 1."""
    path = file_of('[server]\nworkers = 300\nlistn = []\n[walk]\nquery-time = "1d"\n')
    code, out, err = run('check', '--config', path)
    lines = err.splitlines()
    assert (code, out, len(lines)) == (1, '', 3), err
    assert lines[0] == path + ':2:11: server.workers: found 300, expected a number from 0 to 256'
    assert lines[1].startswith(path + ':3:1: ') and lines[1].endswith('did you mean `listen`?')
    assert lines[2].startswith(path + ':5:14: walk.query-time: found "1d"')


@case
def check_missing():
    """A file that is named and not there is an error; nothing may seem to be checked."""
    code, _, err = run('check', '--config', '/nonexistent/taproot.toml')
    assert (code, err) == (1, '/nonexistent/taproot.toml: No such file or directory\n'), err


@case
def check_root_zone():
    """The root zone that the settings name is checked too, with file and line."""
    zone = os.path.join(FOLDER, 'root.zone')
    with open(zone, 'w', encoding='utf-8') as file:
        file.write('. 60 IN SOA a. b. 1 2 3 4 5\n. 60 IN NS a.\na. 60 IN A not-an-address\n')
    code, _, err = run('check', '--config', file_of('[root]\nzonemd = "off"\nzone-file = "%s"\n' % zone))
    assert code == 1 and err.startswith(zone + ':3: '), err


@case
def no_daemon():
    """A verb that needs a daemon says where it looked, and the exit code is 1."""
    for words in (['stats'], ['nameservers'], ['root', 'status'], ['cache', 'flush'], ['reload'], ['explain', 'a.']):
        code, out, err = run(*words, '--socket', '/nonexistent/s.sock')
        assert (code, out) == (1, ''), (words, out)
        assert err == 'taproot: no daemon at /nonexistent/s.sock: No such file or directory\n', err


@case
def bad_questions():
    """Names, types and numbers that are none are told before anything is asked."""
    code, _, err = run('explain', 'a..b')
    assert code == 2 and '`a..b` is no domain name' in err, err
    code, _, err = run('explain', 'a', 'NOTYPE')
    assert code == 2 and '`NOTYPE` is no RR type' in err, err
    code, _, err = run('explain', 'a', '--last', '0')
    assert code == 2 and '--last wants a number' in err, err
    code, _, err = run('nameservers', '..')
    assert code == 2 and 'neither a zone nor an address' in err, err


@case
def completion():
    """The completion is a script that bash takes, and that completes verbs and options."""
    script = run('completion')[1]
    complete = script + ('COMP_WORDS=(taproot root re); COMP_CWORD=2; _taproot; echo "${COMPREPLY[@]}"\n'
                         'COMP_WORDS=(taproot stats --pro); COMP_CWORD=2; _taproot; echo "${COMPREPLY[@]}"\n')
    done = subprocess.run(['bash', '-eu'], input=complete, capture_output=True, text=True, timeout=60, check=False)
    assert (done.returncode, done.stdout) == (0, 'reload\n--prometheus\n'), done


@case
def manual_page():
    """The manual page tells of every verb, and groff takes it where there is one."""
    page = run('docs', 'man')[1]
    verbs = [line.strip().split('  ')[0] for line in run('help')[1].splitlines() if line.startswith('  ')]
    for verb in verbs:
        assert '.B taproot ' + ' '.join(word for word in verb.split() if word.islower()) in page, verb
    if shutil.which('groff'):
        done = subprocess.run(['groff', '-man', '-ww', '-Tascii'], input=page, capture_output=True, text=True, timeout=60,
                              check=False)
        assert (done.returncode, done.stderr) == (0, ''), done.stderr


@case
def resolve_without_network():
    """What the root zone or the special-use names answer is resolved without a packet."""
    zone = os.path.join(FOLDER, 'root.zone')
    with open(zone, 'w', encoding='utf-8') as file:
        file.write('. 60 IN SOA a. b. 1 2 3 4 5\n. 60 IN NS a.\na. 60 IN A 192.0.2.1\n')
    path = file_of('[root]\nzonemd = "off"\nzone-file = "%s"\n' % zone)
    code, out, err = run('resolve', 'nosuch.', '--config', path)
    assert (code, err) == (0, '') and out.startswith('nosuch. A  NXDOMAIN  in '), (out, err)
    assert 'no packet, from the root zone here' in out and 'SOA' in out, out
    code, out, _ = run('resolve', 'localhost', 'AAAA', '--config', path, '--json')
    walk = json.loads(out)
    assert code == 0 and walk['source'] == 'local' and walk['steps'] == [] and '::1' in walk['answer'], walk


def main():
    failed = 0
    for test in CASES:
        try:
            test()
        except AssertionError as error:
            failed += 1
            print('FAILED: %s\n%s' % (test.__doc__, error))
    print('%d passed, %d failed, 0 skipped' % (len(CASES) - failed, failed))
    return 1 if failed else 0


if __name__ == '__main__':
    with tempfile.TemporaryDirectory() as FOLDER:
        sys.exit(main())
