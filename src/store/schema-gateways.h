/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * Migration 13: several gateways on one store (gateway.h). Times are nanoseconds of the server's
 * clock, wall().
 *
 * submission.owner: the gateway that acts on an unfinished one; 0: nobody, or the daemon of a store
 * that has one at most. event.origin: the gateway that made it, 0 for a command. event.mac: the keyed
 * hash of an event by itself, which is sealed later (audit-seal.c); one that is a link of the chain
 * from the beginning has none. event.nonce: keeps two events from having the same hash. Ids of events
 * have gaps from now on, and their order is that of the seals.
 */

/* clang-format off */

#define SQLITE_GATEWAYS \
        "ALTER TABLE submission ADD COLUMN owner INTEGER NOT NULL DEFAULT 0;" \
        "ALTER TABLE event ADD COLUMN origin INTEGER NOT NULL DEFAULT 0;" \
        "ALTER TABLE event ADD COLUMN mac BLOB;"

/*
 * lane_take: a lane for a gateway that is there, with that term. The lock keeps two from adding the
 * same one.
 *
 * gateway_enter: registers; one that was in the same place is dead by then, and continued. Its lanes
 * are given back under other terms. entered: the id; -1: another one has the name; -2: another one is
 * there, and this one must be alone; -3: `former` is not what was registered there last, by the time
 * `since`. What a dead daemon asked for may be done when the next one is registered already: so it
 * changes nothing then.
 *
 * gateway_take_over: see gateway.h. Returns how many uploads, or -1: nothing was to be done. It does
 * not wait for a transaction that the dead one left open for so long that its own lease runs out.
 *
 * gateway_leave: nobody acts on its uploads any more, unless there is a next one already. What was
 * never closed goes, when other gateways do not have its bytes.
 *
 * upload_claim: makes uploads of nobody a gateway's, unless that was given up. Two who do so at once
 * get different ones.
 */
#define RELEASE_LANES(gateway_id) \
        "UPDATE lane SET term = term + 1, gateway = 0 WHERE gateway = " gateway_id ";"
#define POSTGRES_GATEWAY_FUNCTIONS \
        "CREATE FUNCTION lane_take(of_gateway BIGINT, with_term BIGINT, OUT lane BIGINT, OUT count BIGINT)" \
        " LANGUAGE plpgsql AS $$ BEGIN" \
        "  PERFORM 1 FROM gateway WHERE id = of_gateway FOR KEY SHARE;" \
        "  IF NOT FOUND THEN RAISE EXCEPTION 'the gateway was given up' USING ERRCODE = 'IP001'; END IF;" \
        "  PERFORM pg_advisory_xact_lock(hashtext(current_schema()), 2);" \
        "  UPDATE lane AS l SET gateway = of_gateway, term = with_term WHERE l.id =" \
        "   (SELECT min(f.id) FROM lane AS f WHERE f.id > 0 AND f.gateway = 0)" \
        "   RETURNING l.id, l.tx INTO lane, count;" \
        "  IF NOT FOUND THEN INSERT INTO lane AS l (id, gateway, term, tx)" \
        "   SELECT max(f.id) + 1, of_gateway, with_term, 0 FROM lane AS f" \
        "   RETURNING l.id, l.tx INTO lane, count; END IF; END $$;" \
        "CREATE FUNCTION gateway_enter(its_name TEXT, its_place TEXT, its_batch BIGINT, its_version TEXT," \
        "  its_rules TEXT, it_judges BIGINT, alone BIGINT, lease BIGINT, former BIGINT, OUT entered BIGINT," \
        "  OUT life BIGINT) LANGUAGE plpgsql AS $$ BEGIN life := 0;" \
        "  PERFORM pg_advisory_xact_lock(hashtext(current_schema()), 2);" \
        "  IF former != coalesce((SELECT g.since FROM gateway AS g WHERE g.place = its_place), 0)" \
        "   THEN entered := -3; RETURN; END IF;" \
        "  IF EXISTS (SELECT 1 FROM gateway WHERE name = its_name AND place != its_place" \
        "   AND until > wall()) THEN entered := -1; RETURN; END IF;" \
        "  IF alone != 0 AND EXISTS (SELECT 1 FROM gateway WHERE place != its_place" \
        "   AND until > wall()) THEN entered := -2; RETURN; END IF;" \
        "  UPDATE gateway AS g SET name = its_name, batch = its_batch, version = its_version," \
        "   rules = its_rules, judges = it_judges, since = greatest(wall(), g.since + 1)," \
        "   until = wall() + lease WHERE g.place = its_place RETURNING g.id, g.since INTO entered, life;" \
        "  IF FOUND THEN " RELEASE_LANES("entered") \
        "  ELSE INSERT INTO gateway AS g (name, place, batch, version, rules, judges, since, until)" \
        "   VALUES (its_name, its_place, its_batch, its_version, its_rules, it_judges, wall()," \
        "    wall() + lease) RETURNING g.id, g.since INTO entered, life; END IF;" \
        /* Nobody else is there to go on with what is nobody's. */ \
        "  IF alone != 0 THEN UPDATE submission SET owner = entered WHERE owner = 0 AND state < 4;" \
        "  END IF; END $$;" \
        "CREATE FUNCTION gateway_take_over(dead BIGINT, taker BIGINT) RETURNS BIGINT" \
        " LANGUAGE plpgsql SET lock_timeout = '2s' AS $$ DECLARE n BIGINT; BEGIN" \
        "  PERFORM 1 FROM gateway WHERE id = dead AND until < wall() FOR UPDATE SKIP LOCKED;" \
        "  IF NOT FOUND THEN RETURN -1; END IF;" \
        "  PERFORM 1 FROM gateway WHERE id = taker AND until > wall() FOR KEY SHARE;" \
        "  IF NOT FOUND THEN RETURN -1; END IF;" \
        "  " RELEASE_LANES("dead") \
        "  UPDATE submission SET owner = taker, generation = generation + 1" \
        "   WHERE owner = dead AND state < 4;" \
        "  GET DIAGNOSTICS n = ROW_COUNT;" \
        "  DELETE FROM barrier WHERE gateway = dead;" \
        "  DELETE FROM gateway WHERE id = dead; RETURN n; END $$;" \
        "CREATE FUNCTION gateway_leave(which BIGINT, life BIGINT, shares BIGINT) RETURNS BIGINT" \
        " LANGUAGE plpgsql AS $$ BEGIN" \
        "  PERFORM 1 FROM gateway WHERE id = which AND since = life FOR UPDATE;" \
        "  IF NOT FOUND THEN RETURN 0; END IF;" \
        "  " RELEASE_LANES("which") \
        "  IF shares != 0 THEN DELETE FROM submission WHERE owner = which AND state = 0" \
        "   AND original IS NULL; END IF;" \
        "  UPDATE submission SET owner = 0 WHERE owner = which AND state < 4;" \
        "  DELETE FROM barrier WHERE gateway = which;" \
        "  DELETE FROM gateway WHERE id = which; RETURN 1; END $$;" \
        "CREATE FUNCTION upload_claim(taker BIGINT, in_batch BIGINT, most BIGINT) RETURNS SETOF BIGINT" \
        " LANGUAGE plpgsql AS $$ BEGIN" \
        "  PERFORM 1 FROM gateway WHERE id = taker FOR KEY SHARE;" \
        "  IF NOT FOUND THEN RETURN; END IF;" \
        "  RETURN QUERY UPDATE submission SET owner = taker WHERE id IN (SELECT id FROM submission" \
        "   WHERE owner = 0 AND state < 4 AND temporary = 0 AND original IS NOT NULL" \
        "   AND batch = in_batch ORDER BY id LIMIT most FOR UPDATE SKIP LOCKED) RETURNING id; END $$;"

/*
 * seal_append: adds seals, and takes the events from those that wait; one whose seq is 0 has its seal
 * already. It does so only if the chain's head is still `before`: so of two sealers one does nothing,
 * and -1 tells it so. All lists are arrays, written as texts.
 */
#define POSTGRES_SEALS \
        "CREATE TABLE unsealed (event BIGINT PRIMARY KEY, since BIGINT NOT NULL);" \
        "CREATE TABLE seal (" \
        "  seq BIGINT PRIMARY KEY, event BIGINT NOT NULL UNIQUE, origin BIGINT NOT NULL," \
        "  chain BYTEA NOT NULL);" \
        /* These are all there already, so the index costs nothing. */ \
        "CREATE INDEX event_linked ON event (id) WHERE mac IS NULL;" \
        "CREATE FUNCTION event_unsealed() RETURNS trigger LANGUAGE plpgsql AS" \
        " $$ BEGIN INSERT INTO unsealed (event, since) VALUES (new.id, wall()); RETURN NULL; END $$;" \
        "CREATE TRIGGER event_unsealed AFTER INSERT ON event FOR EACH ROW" \
        " WHEN (new.mac IS NOT NULL) EXECUTE FUNCTION event_unsealed();" \
        "CREATE TRIGGER seal_stays_as_it_is BEFORE UPDATE ON seal FOR EACH ROW" \
        " EXECUTE FUNCTION event_is_kept();" \
        "CREATE TRIGGER seal_stays BEFORE DELETE ON seal FOR EACH ROW" \
        " EXECUTE FUNCTION event_is_kept();" \
        "CREATE FUNCTION seal_append(before TEXT, after TEXT, seqs TEXT, events TEXT, chains TEXT)" \
        " RETURNS BIGINT LANGUAGE plpgsql AS $$ DECLARE n BIGINT; BEGIN" \
        "  IF before IS NULL THEN" \
        "   INSERT INTO setting (key, value) VALUES ('audit', after) ON CONFLICT (key) DO NOTHING;" \
        "  ELSE UPDATE setting SET value = after WHERE key = 'audit' AND value = before; END IF;" \
        "  IF NOT FOUND THEN RETURN -1; END IF;" \
        "  INSERT INTO seal (seq, event, origin, chain)" \
        "   SELECT made.seq, made.event, coalesce(e.origin, 0), decode(made.chain, 'hex')" \
        "   FROM unnest(CAST(seqs AS BIGINT[]), CAST(events AS BIGINT[]), CAST(chains AS TEXT[]))" \
        "    AS made (seq, event, chain) LEFT JOIN event AS e ON e.id = made.event" \
        "   WHERE made.seq != 0;" \
        "  GET DIAGNOSTICS n = ROW_COUNT;" \
        "  DELETE FROM unsealed WHERE event = ANY (CAST(events AS BIGINT[])); RETURN n; END $$;" \
        /* What numbered the events before. */ \
        "SELECT setval('event_id_seq', greatest(event, 1), event > 0) FROM newest;" \
        "DROP VIEW sqlite_sequence;" \
        "DROP TRIGGER event_numbered ON event;" \
        "DROP FUNCTION event_numbered();" \
        "DROP TABLE newest;" \
        "CREATE VIEW sqlite_sequence (name, seq) AS" \
        " SELECT CAST('event' AS TEXT), CASE WHEN is_called THEN last_value ELSE 0 END" \
        "   FROM event_id_seq UNION ALL" \
        " SELECT 'submission', CASE WHEN is_called THEN last_value ELSE 0 END FROM submission_id_seq;"

#define POSTGRES_GATEWAYS \
        "ALTER TABLE submission ADD COLUMN owner BIGINT NOT NULL DEFAULT 0;" \
        "ALTER TABLE event ADD COLUMN origin BIGINT NOT NULL DEFAULT 0;" \
        "ALTER TABLE event ADD COLUMN mac BYTEA;" \
        "ALTER TABLE event ADD COLUMN nonce BIGINT NOT NULL DEFAULT 0;" \
        "ALTER TABLE lane ADD COLUMN gateway BIGINT NOT NULL DEFAULT 0;" \
        /* batch: that it shows. rules: what it judges by, as text. place: of its directory, told by a
         * file there. until: its lease. */ \
        "CREATE TABLE gateway (" \
        "  id BIGINT GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY, name TEXT NOT NULL," \
        "  place TEXT NOT NULL UNIQUE, batch BIGINT NOT NULL, version TEXT NOT NULL, rules TEXT NOT NULL," \
        "  judges BIGINT NOT NULL, since BIGINT NOT NULL, until BIGINT NOT NULL) WITH (fillfactor = 50);" \
        "CREATE TABLE barrier (" \
        "  id BIGINT GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY, gateway BIGINT NOT NULL," \
        "  point BIGINT NOT NULL, max_id BIGINT NOT NULL, until BIGINT NOT NULL);" \
        "CREATE TABLE chore (" \
        "  name TEXT PRIMARY KEY, holder BIGINT NOT NULL, until BIGINT NOT NULL);" \
        "CREATE INDEX submission_owner ON submission (owner, id) WHERE state < 4;" \
        "CREATE INDEX submission_free ON submission (id) WHERE owner = 0 AND state < 4" \
        " AND temporary = 0 AND original IS NOT NULL;" \
        POSTGRES_SEALS \
        POSTGRES_GATEWAY_FUNCTIONS

/* clang-format on */
