# SPDX-License-Identifier: MIT
"""What one gateway does the other shows, and goes on with when the first is gone. How long that takes is printed; scripts/bench
cluster measures it."""

import sys

from cluster import *
import measure
import wire

AWAY_SECONDS = 0.0003
DROPPERS = 16


def say(text):
    print(text, file=sys.stderr, flush=True)


class Takeover(ClusterTest):
    options = ("delay=300", "settle=300", "settle-empty=300")

    def test_the_other_shows_what_a_dead_one_had_closed(self):
        took = measure.takeover(self.a, self.b, self.good()[0])
        say(f"shown by the other after {took:.1f} s")
        self.assertTrue(self.settled())
        self.is_sound()

    def test_a_gateway_shows_what_it_had_closed_before_it_died(self):
        took = measure.restart(self.a, self.good()[0])
        say(f"shown again after {took:.2f} s")
        self.is_sound()

    def test_renames_are_seen_at_the_other(self):
        took = measure.seen_after(self.a, self.b, 40, "IMG_")
        say(f"seen after {took[len(took) // 2] * 1e3:.0f} ms (median), {took[-1] * 1e3:.0f} ms (longest)")
        self.is_sound()

    def test_a_barrier_returns_when_what_was_dropped_at_the_other_has_its_place(self):
        took, after = measure.barrier(self.a, self.b, self.good(8))
        say(f"a barrier of {took:.2f} s, {after:.2f} s after the last verdict")
        self.is_sound()

    def test_many_drop_at_one_point(self):
        rate = measure.drop_together(self.directory, self.mounts, [POINT], self.good(12), DROPPERS, 4, "a")
        wait_for(self.settled, "all are judged", timeout=5 * PATIENCE)
        say(f"{rate:.0f} photos/s at one point")
        self.assertEqual(self.b.rejected(), {})
        self.assertEqual(measure.deadlocks(self.a), 0)
        self.is_sound()

    def test_both_judge_what_is_dropped_at_one(self):
        """Each photo changes hands twice at most: it is given away, and somebody takes it."""
        rounds = []
        self.a.query("CREATE TABLE handed (submission BIGINT); "
                     "CREATE FUNCTION note_handed() RETURNS trigger LANGUAGE plpgsql AS"
                     " $$ BEGIN INSERT INTO handed VALUES (new.id); RETURN NULL; END $$; "
                     "CREATE TRIGGER note_handed AFTER UPDATE OF owner ON submission FOR EACH ROW"
                     " WHEN (old.owner != new.owner) EXECUTE FUNCTION note_handed()")

        def both():
            """A gateway hears within seconds that there is another one."""
            rounds.append(measure.shares(self.a, self.b, self.directory, self.good(12), 40, f"s{len(rounds)}-"))
            return min(rounds[-1]) > 0

        wait_for(both, "both judge")
        say(f"judged: {rounds[-1]}")
        self.assertEqual([sum(shares) for shares in rounds], [40] * len(rounds))
        [(handed,)] = self.a.query("SELECT count(*) FROM handed")
        self.assertLess(int(handed), 3 * 40 * len(rounds))
        self.is_sound()


class Away(ClusterTest):
    """The server is in another room."""

    points = tuple(f"教学点{i:03}" for i in range(1, 21))
    options = Takeover.options

    def url(self):
        away = self.enterContext(wire.Away(self.node.directory, AWAY_SECONDS))
        return f"postgresql://idphoto@/photos?host={away.directory}"

    def test_many_drop_at_many_points(self):
        rate = measure.drop_together(self.directory, self.mounts, self.points, self.good(len(self.points)), DROPPERS, 5, "a")
        wait_for(self.settled, "all are judged", timeout=5 * PATIENCE)
        say(f"{rate:.0f} photos/s at {len(self.points)} points, the server {AWAY_SECONDS * 1e3:g} ms away")
        for mount in self.mounts:
            for point in self.points:
                self.assertEqual(mount.rejected(point=point), {})
        self.assertEqual(measure.deadlocks(self.a), 0)
        self.is_sound()


if __name__ == "__main__":
    main()
