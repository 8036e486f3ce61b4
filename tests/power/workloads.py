# SPDX-License-Identifier: MIT
"""What is done to a mounted store, and acknowledged as durable.

Before every step all verdicts are waited for, so that the step's own sync must make it durable: nothing that is under
way would do it by the way.
"""

import os
import threading

from facts import (ACCEPTED, BATCH, DISMISSED, Decided, Erased, Gone, Judged, Known, Listed, Noted, Received, REJECTED,
                   WITHDRAWN)
from harness import IDPHOTOCTL, POINT, read, run


def sync(*paths):
    """coreutils: opens each for reading, and fsyncs it."""
    run("sync", *paths)


class Work:
    def __init__(self, mount, recording, photos, random):
        self.mount = mount
        self.recording = recording
        self.photos = list(photos)
        self.random = random
        self.facts = []
        self.unsynced = []  # facts that nobody made durable
        self.spans = {}  # workload -> first and last position
        self.workload = None
        self.serial = 0
        self.lock = threading.Lock()

    def run(self, workload):
        self.workload = workload.__name__.replace("_", " ")
        first = self.recording.position()
        workload(self)
        self.spans.setdefault(self.workload, []).append((first, self.recording.position()))

    def durable(self, *facts):
        """Called when a sync has returned."""
        position = self.recording.position()
        for fact in facts:
            fact.workload = self.workload
            fact.position = position
            self.facts.append(fact)
        return facts[0]

    def not_durable(self, fact):
        fact.position = self.recording.position()
        self.unsynced.append(fact)

    def ends(self, fact):
        """Called before something else is begun with the same file."""
        fact.ended = self.recording.position()

    def photo(self):
        """Bytes that are accepted, their student's number, and a name they are dropped under."""
        with self.lock:
            path = self.photos.pop()
        number = os.path.basename(path)[:18]
        return read(path), number, f"同学 {number}.jpg"

    def noise(self):
        """Bytes that are rejected, and a name."""
        with self.lock:
            self.serial += 1
            return self.random.randbytes(self.random.choice([300, 9000, 60000])), f"IMG_{self.serial:04}.jpg"

    def path(self, *parts):
        return self.mount.point(*parts)

    def office(self, *parts):
        return os.path.join(self.mount.path, "OFFICE", *parts)

    def copy(self, data, *parts):
        """As cp does: nothing is synced."""
        with open(self.path(*parts), "xb") as f:
            f.write(data)

    def copy_and_fsync(self, data, *parts):
        with open(self.path(*parts), "xb") as f:
            f.write(data)
            f.flush()
            os.fsync(f.fileno())

    def accept(self):
        """A photo that has its place already: its bytes, number and dropped name."""
        data, number, name = self.photo()
        self.copy_and_fsync(data, name)
        self.mount.settle()
        return data, number, name

    def reject(self):
        data, name = self.noise()
        self.copy_and_fsync(data, name)
        self.mount.settle()
        return data, name


def init(work):
    """Before the daemon: the store, its batch, and a teaching point in it."""
    ctl = work.mount.ctl
    run(IDPHOTOCTL, "--lang=en", "init", work.mount.store, "--batch=before")
    work.durable(Known("the store is there", lambda r: "before" in r.batches and
                       os.path.exists(os.path.join(r.store, "idphotofs.conf"))))
    ctl("batch", "add", BATCH)
    work.durable(Known("the batch is there", lambda r: BATCH in r.batches))
    ctl("batch", "use", BATCH)
    work.durable(Known("the batch is in use", lambda r: r.settings.get("batch") == BATCH))
    ctl("point", "add", POINT)
    work.durable(Known("the point is there", lambda r: POINT in r.points))


# ---- drops ----


def fsync_by_the_writer(work):
    for i in range(6):
        data, name = work.noise() if i % 3 else work.photo()[::2]
        work.mount.settle()
        with open(work.path(name), "xb", buffering=0) as f:
            f.write(data[:len(data) // 2])
            if i % 2:
                os.fsync(f.fileno())
            f.write(data[len(data) // 2:])
            os.fsync(f.fileno())
            work.durable(Received(name, data))


def sync_FILE(work):
    for i in range(6):
        data, name = work.noise() if i % 3 else work.photo()[::2]
        # Under a temporary name no verdict comes that would make it durable.
        name = f"{name}.part" if i % 2 else name
        work.mount.settle()
        work.copy(data, name)
        sync(work.path(name))
        work.durable(Received(name, data))


def rename_and_sync_DIR(work):
    for i in range(3):
        data, name = work.photo()[::2] if i == 0 else work.noise()
        work.mount.settle()
        work.copy(data, f"{name}.part")
        os.rename(work.path(f"{name}.part"), work.path(name))
        sync(work.path())
        work.durable(Judged(name, data, REJECTED if i else ACCEPTED))


def sync_STATUS(work):
    for _ in range(2):
        work.mount.settle()
        photo, number, name = work.photo()
        noise, noise_name = work.noise()
        work.copy(photo, name)
        work.copy(noise, noise_name)
        sync(work.path("STATUS.txt"))
        work.durable(Judged(name, photo, ACCEPTED, shown=f"{number}.jpg"),
                     Judged(noise_name, noise, REJECTED, shown=os.path.join("rejected", noise_name)))


def no_sync(work):
    """What nobody synced may be lost, and must be at some cut: or the cuts lose nothing."""
    for _ in range(3):
        data, name = work.noise()
        work.mount.settle()
        work.copy(data, f"{name}.part")
        work.not_durable(Received(f"{name}.part", data))


def many_at_once(work):
    """Syncs of several clients, and verdicts between them: what one commit takes along, another may have begun."""
    def client(step):
        try:
            for _ in range(6):
                step()
        except Exception as error:
            failed.append(error)

    def by_the_writer():
        data, name = work.noise()
        work.copy_and_fsync(data, name)
        work.durable(Received(name, data))

    def by_a_reader():
        data, name = work.noise()
        work.copy(data, f"{name}.part")
        sync(work.path(f"{name}.part"))
        work.durable(Received(f"{name}.part", data))

    def by_the_directory():
        data, name = work.noise()
        work.copy_and_fsync(data, f"{name}.part")
        os.rename(work.path(f"{name}.part"), work.path(f"{name}.crdownload"))
        sync(work.path())
        work.durable(Received(f"{name}.crdownload", data, before=f"{name}.part"))

    def by_the_status():
        data, name = work.noise()
        work.copy(data, name)
        sync(work.path("STATUS.txt"))
        work.durable(Judged(name, data, REJECTED))

    failed = []
    threads = [threading.Thread(target=client, args=[step])
               for step in (by_the_writer, by_a_reader, by_the_directory, by_the_status)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failed:
        raise failed[0]


# ---- decisions ----


def decisions(work):
    for by in ("directory", "STATUS.txt"):
        def made_durable(*directory):
            sync(os.path.join(*directory) if by == "directory" else work.path("STATUS.txt"))

        _, number, _ = work.accept()
        os.rename(work.office("pending", POINT, f"{number}.jpg"), work.office("approved", POINT, f"{number}.jpg"))
        made_durable(work.office("approved", POINT))
        approved = work.durable(Decided(number, "approved"))

        _, other, _ = work.accept()
        os.rename(work.office("pending", POINT, f"{other}.jpg"), work.office("rejected", "hair", f"{other}.jpg"))
        made_durable(work.office("rejected", "hair"))
        work.durable(Decided(other, "rejected", "hair"))

        data, withdrawn, name = work.accept()
        os.unlink(work.path(f"{withdrawn}.jpg"))
        made_durable(work.path())
        work.durable(Gone(name, data, WITHDRAWN, f"{withdrawn}.jpg"))

        data, name = work.reject()
        os.unlink(work.path("rejected", name))
        made_durable(work.path("rejected"))
        work.durable(Gone(name, data, DISMISSED, os.path.join("rejected", name)))

        work.ends(approved)
        os.rename(work.office("approved", POINT, f"{number}.jpg"), work.office("pending", POINT, f"{number}.jpg"))
        made_durable(work.office("pending", POINT))
        work.durable(Decided(number, "pending"))


# ---- renames ----


def renames_and_sync_DIR(work):
    for _ in range(2):
        # From one temporary name to another: still nobody judges it.
        data, name = work.noise()
        work.mount.settle()
        work.copy_and_fsync(data, f"{name}.part")
        os.rename(work.path(f"{name}.part"), work.path(f"{name}.crdownload"))
        sync(work.path())
        named = work.durable(Received(f"{name}.crdownload", data, before=f"{name}.part"))
        work.ends(named)
        os.rename(work.path(f"{name}.crdownload"), work.path(name))
        sync(work.path())
        work.durable(Judged(name, data, REJECTED))

        # A rejected file that is renamed where it lies.
        data, name = work.reject()
        os.rename(work.path("rejected", name), work.path("rejected", f"again {name}"))
        sync(work.path("rejected"))
        work.durable(Judged(f"again {name}", data, REJECTED))

        # A folder.
        folder = f"班{work.serial}"
        os.mkdir(work.path(folder))
        sync(work.path())
        made = work.durable(Known(f"the folder {folder} is there", lambda r, n=folder: n in r.folders))
        work.ends(made)
        os.rename(work.path(folder), work.path(f"新{folder}"))
        sync(work.path())
        work.durable(Known(f"the folder {folder} is renamed", lambda r, n=folder: f"新{n}" in r.folders))


def changes_of_uploads(work):
    for by_reader in (False, True):
        def fsync(path):
            fd = os.open(path, os.O_RDONLY if by_reader else os.O_WRONLY)
            try:
                os.fsync(fd)
            finally:
                os.close(fd)

        # More behind what is durable already.
        data, name = work.noise()
        name = f"{name}.part"
        work.mount.settle()
        work.copy_and_fsync(data, name)
        first = work.durable(Received(name, data))
        work.ends(first)
        with open(work.path(name), "ab") as f:
            f.write(b"more")
        fsync(work.path(name))
        whole = work.durable(Received(name, data + b"more"))

        # A time.
        os.utime(work.path(name), (1700000000, 1700000000))
        fsync(work.path(name))
        timed = work.durable(Known(f"the time of {name} is kept", lambda r, n=name: any(
            row["mtime"] == 1700000000 * 10 ** 9 for row in r.submissions.get(n, []))))

        # And all of it away.
        work.ends(whole)
        work.ends(timed)
        os.unlink(work.path(name))
        sync(work.path())
        work.durable(Known(f"{name} is deleted", lambda r, n=name: n not in r.submissions))

    folder = f"空{work.serial}"
    work.mount.settle()
    os.mkdir(work.path(folder))
    sync(work.path())
    made = work.durable(Known(f"the folder {folder} is there", lambda r: folder in r.folders))
    work.ends(made)
    os.rmdir(work.path(folder))
    sync(work.path())
    work.durable(Known(f"the folder {folder} is removed", lambda r: folder not in r.folders))


# ---- what the office writes ----


def notes(work):
    """By the writer's fsync, as editors do, and by the directory's."""
    for by in ("the writer", "the directory"):
        _, number, _ = work.accept()
        os.rename(work.office("pending", POINT, f"{number}.jpg"), work.office("rejected", "hair", f"{number}.jpg"))
        with open(work.office("rejected", "hair", f"{number}.jpg.txt"), "a", encoding="utf-8") as f:
            f.write(f"by {by}\n")
            if by == "the writer":
                f.flush()
                os.fsync(f.fileno())
                work.durable(Noted(number, f"by {by}"))
        if by == "the directory":
            sync(work.office("rejected", "hair"))
            work.durable(Noted(number, f"by {by}"))


def lists_to_import(work):
    """Under temporary names, so that they stay where they are."""
    data, name = work.noise()
    with open(work.office("import", f"{name}.part"), "xb", buffering=0) as f:
        f.write(data)
        os.fsync(f.fileno())
        put = work.durable(Listed(f"{name}.part", data))
    work.ends(put)
    os.rename(work.office("import", f"{name}.part"), work.office("import", f"{name}.tmp"))
    sync(work.office("import"))
    renamed = work.durable(Listed(f"{name}.tmp", data, before=f"{name}.part"))
    work.ends(renamed)
    os.unlink(work.office("import", f"{name}.tmp"))
    sync(work.office("import"))
    work.durable(Known(f"{name} is not in OFFICE/import", lambda r: f"{name}.tmp" not in os.listdir(
        os.path.join(r.store, "inbox"))))
    data, name = work.noise()
    with open(work.office("import", f"{name}.part"), "xb") as f:
        f.write(data)
    sync(work.office("import", f"{name}.part"))
    work.durable(Listed(f"{name}.part", data))


# ---- what a command has done when it exits ----


def purge(work):
    """Once, before the others: it erases every rejected file there is. Beside a daemon it would spare the youngest."""
    data, name = work.reject()
    os.unlink(work.path("rejected", name))
    work.mount.end()
    work.mount.ctl("purge", "--days=0")
    work.durable(Erased(name, data))
    work.mount.start()


def wait(work):
    """It promises what sync STATUS.txt does."""
    for _ in range(2):
        work.mount.settle()
        photo, number, name = work.photo()
        noise, noise_name = work.noise()
        work.copy(photo, name)
        work.copy(noise, noise_name)
        work.mount.ctl("wait", POINT)
        work.durable(Judged(name, photo, ACCEPTED, shown=f"{number}.jpg"),
                     Judged(noise_name, noise, REJECTED, shown=os.path.join("rejected", noise_name)))


def commands(work):
    ctl = work.mount.ctl
    _, approved, _ = work.accept()
    ctl("review", "approve", approved)
    work.durable(Decided(approved, "approved"))
    _, rejected, _ = work.accept()
    ctl("review", "reject", "--reason=hair", rejected)
    work.durable(Decided(rejected, "rejected", "hair"))

    work.serial += 1
    other = f"other{work.serial}"
    ctl("point", "add", other)
    work.durable(Known(f"the point {other} is there", lambda r: other in r.points))
    # Not of the point that photos are dropped into: who has a roster takes nobody else.
    _, number, _ = work.photo()
    roster = os.path.join(work.mount.directory, "roster.csv")
    with open(roster, "w", encoding="utf-8") as f:
        f.write(f"学号,姓名,身份证号,教学点\n1,王五,{number},{other}\n")
    ctl("roster", "import", roster)
    work.durable(Known(f"{number} is on the roster", lambda r: r.students.get(number, {}).get("on_roster") is True))

    ctl("batch", "add", other)
    added = work.durable(Known(f"the batch {other} is there", lambda r: r.batches.get(other) is False))
    work.ends(added)
    ctl("batch", "close", other)
    work.durable(Known(f"the batch {other} is closed", lambda r: r.batches.get(other) is True))


WORKLOADS = (fsync_by_the_writer, sync_FILE, rename_and_sync_DIR, sync_STATUS, no_sync, many_at_once, decisions,
             renames_and_sync_DIR, changes_of_uploads, notes, lists_to_import, wait, commands)
