# SPDX-License-Identifier: MIT
"""Children of the test that are other users: a uid and groups that no account need have."""

import errno
import json
import os
import traceback


def errno_of(function, *args, **kwargs):
    """The name of the errno, or OK."""
    try:
        result = function(*args, **kwargs)
    except OSError as error:
        return errno.errorcode[error.errno]
    if function is os.open:
        os.close(result)
    return "OK"


def as_user(uid, groups, function):
    """What function() returns in a process of that user; through JSON."""
    r, w = os.pipe()
    pid = os.fork()
    if pid == 0:
        status = 1
        try:
            os.close(r)
            os.setgroups(groups)
            os.setresgid(groups[0], groups[0], groups[0])
            os.setresuid(uid, uid, uid)
            with os.fdopen(w, "w") as f:
                json.dump(function(), f)
            status = 0
        except BaseException:
            traceback.print_exc()
        finally:
            os._exit(status)
    os.close(w)
    with os.fdopen(r) as f:
        text = f.read()
    _, status = os.waitpid(pid, 0)
    if status != 0:
        raise AssertionError("the user's process failed")
    return json.loads(text)
