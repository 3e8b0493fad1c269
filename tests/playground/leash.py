"""Run as a file: `leash.py PARENT PROGRAM ARGUMENT...` becomes PROGRAM, which the kernel kills when PARENT ends.

A test run that is killed hard cannot stop its servers any more. The kernel can: a process that set PR_SET_PDEATHSIG
gets that signal when the thread that started it ends. It is set here and not by Popen's preexec_fn, as that runs
Python between fork and exec, which can deadlock where other threads run.
"""

import ctypes
import os
import signal
import sys

PR_SET_PDEATHSIG = 1

if __name__ == "__main__":
    parent, program = int(sys.argv[1]), sys.argv[2:]
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:
        sys.exit("the parent ended before the leash was on")
    os.execv(program[0], program)
