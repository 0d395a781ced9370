"""The pocket internet as the system tests use it: its real root zone, its process, and how an answer stands to its truth."""
import contextlib
import os
import signal
import subprocess

FAILURES = ('SERVFAIL', 'REFUSED')


def shared(name):
    """Returns the path of a real zone, or nothing."""
    here = os.path.dirname(os.path.abspath(__file__))
    folder = os.environ.get('TAPROOT_SHARED') or os.path.join(here, '../../../shared')
    path = os.path.abspath(os.path.join(folder, 'data', name))
    return path if os.path.exists(path) else None


def root_zone():
    """Returns the path of the real root zone, or nothing."""
    return shared('root-2026082201.zone')


@contextlib.contextmanager
def running(words, **more):
    """Runs a program beside us, and ends it."""
    process = subprocess.Popen(words, **more)
    try:
        yield process
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(timeout=20)


@contextlib.contextmanager
def serving(lab, *words):
    """Serves it; yields the process once it is ready, with what it `said`."""
    with running([lab, 'serve', *words], stdout=subprocess.PIPE, text=True) as process:
        process.said = ''
        while 'ready' not in process.said:
            line = process.stdout.readline()
            assert line, 'the lab ended: ' + process.said
            process.said += line
        yield process


def verdict(question, truth, found):
    """Returns how an answer stands to the truth: same, allowed (a failure where no server works), failed, different."""
    if found is None or found[0] in FAILURES:
        return 'allowed' if truth['unreachable'] or truth['uncertain'] else 'failed'
    if question[1] == 'DNAME':
        return 'same' if found[0] == truth['rcode'] else 'different'
    if found[0] == 'NXDOMAIN' and truth['perhaps-nxdomain']:
        return 'same'
    # A resolver may leave a DNAME out where the CNAME made of it stands.
    wanted = {(r['owner'].lower(), r['type'], r['hex']) for r in truth['answer'] if r['type'] != 'DNAME'}
    got = {record for record in found[1] if record[1] != 'DNAME'}
    return 'same' if found[0] == truth['rcode'] and got == wanted else 'different'
