-- What the clean-up does to partitions, for a role that may not change tables: each function runs with the rights of whoever migrates, knows the two tables
-- and no others, and may be called by whom it is granted to (docs/decisions/0034). Its caller sets how long it waits for locks.

-- Creates the partition of the ids from lower_id to before upper_id. What lies in the default partition already, such as the id of a clock that is ahead, goes
-- along: the number of those rows is returned.
CREATE FUNCTION messaging.create_partition(parent text, lower_id uuid, upper_id uuid, begins_at timestamptz) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    part    text := parent || '_p' || to_char(begins_at AT TIME ZONE 'UTC', 'YYYYMMDDHH24MI');
    key     text;
    storage text;
    columns text;
    moved   bigint;
BEGIN
    CASE parent
        WHEN 'tasks' THEN key := 'id'; storage := 'WITH (fillfactor = 60)';
        WHEN 'inbox' THEN key := 'message_id'; storage := '';
    END CASE; -- another one is an error
    EXECUTE format('LOCK TABLE messaging.%s_default IN ACCESS EXCLUSIVE MODE', parent);
    EXECUTE format('CREATE TABLE messaging.%s (LIKE messaging.%s INCLUDING ALL) %s', part, parent, storage);
    SELECT string_agg(quote_ident(attname), ', ' ORDER BY attnum) INTO columns FROM pg_attribute
    WHERE attrelid = format('messaging.%s', parent)::regclass AND attnum > 0 AND NOT attisdropped AND attgenerated = '';
    EXECUTE format(
        'WITH moved AS (DELETE FROM messaging.%1$s_default WHERE %2$s >= %3$L AND %2$s < %4$L RETURNING %5$s) INSERT INTO messaging.%6$s (%5$s) SELECT %5$s FROM moved',
        parent, key, lower_id, upper_id, columns, part);
    GET DIAGNOSTICS moved = ROW_COUNT;
    EXECUTE format('ALTER TABLE messaging.%s ATTACH PARTITION messaging.%s FOR VALUES FROM (%L) TO (%L)', parent, part, lower_id, upper_id);
    RETURN moved;
END $$;

-- The condition of the rows that outlive their partition beyond a moment.
CREATE FUNCTION messaging.stays_after(parent text, moment timestamptz) RETURNS text
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    CASE parent
        WHEN 'tasks' THEN RETURN format('(state <> 3 OR finished_at >= %L::timestamptz)', moment);
        WHEN 'inbox' THEN RETURN format('(consumed_at >= %L::timestamptz)', moment);
    END CASE;
END $$;

-- Builds the index by which those rows are found, for a role that does not own the table and so cannot build it CONCURRENTLY: whoever writes waits meanwhile.
CREATE FUNCTION messaging.index_partition(parent text, part text, ends_at timestamptz) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    PERFORM messaging.check_partition(parent, part);
    EXECUTE format(
        'CREATE INDEX IF NOT EXISTS /*prefix*/%1$s_stays ON messaging.%1$s (%2$s) WHERE %3$s',
        part, CASE parent WHEN 'tasks' THEN 'id' ELSE 'message_id' END, messaging.stays_after(parent, ends_at));
END $$;

-- How many rows have to stay beyond that moment, counted to at_most.
CREATE FUNCTION messaging.count_staying(parent text, part text, moment timestamptz, at_most bigint) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    found bigint;
BEGIN
    PERFORM messaging.check_partition(parent, part);
    EXECUTE format('SELECT count(*) FROM (SELECT 1 FROM messaging.%s WHERE %s LIMIT %s) AS r', part, messaging.stays_after(parent, moment), at_most) INTO found;
    RETURN found;
END $$;

-- Drops a partition with what is past its retention; the rows that have to stay move to where the table has them now, and their number is returned.
CREATE FUNCTION messaging.drop_partition(parent text, part text, moment timestamptz) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    columns text;
    moved   bigint;
BEGIN
    PERFORM messaging.check_partition(parent, part);
    SELECT string_agg(quote_ident(attname), ', ' ORDER BY attnum) INTO columns FROM pg_attribute
    WHERE attrelid = format('messaging.%s', parent)::regclass AND attnum > 0 AND NOT attisdropped AND attgenerated = '';
    EXECUTE format('ALTER TABLE messaging.%s DETACH PARTITION messaging.%s', parent, part);
    EXECUTE format(
        'WITH moved AS (DELETE FROM messaging.%1$s WHERE %2$s RETURNING %3$s) INSERT INTO messaging.%4$s (%3$s) SELECT %3$s FROM moved',
        part, messaging.stays_after(parent, moment), columns, parent);
    GET DIAGNOSTICS moved = ROW_COUNT;
    EXECUTE format('DROP TABLE messaging.%s', part);
    RETURN moved;
END $$;

-- Refuses what is no partition of a span of time: of other tables, and of ids without a time.
CREATE FUNCTION messaging.check_partition(parent text, part text) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF parent NOT IN ('tasks', 'inbox') OR part !~ '^(tasks|inbox)_(first|p\d{12})$' OR NOT EXISTS (
        SELECT 1 FROM pg_inherits WHERE inhparent = to_regclass(format('messaging.%s', parent)) AND inhrelid = to_regclass(format('messaging.%s', part))) THEN
        RAISE EXCEPTION '% is no partition of % that may be dropped', part, parent USING ERRCODE = 'invalid_parameter_value';
    END IF;
END $$;

REVOKE ALL ON FUNCTION
    messaging.create_partition(text, uuid, uuid, timestamptz),
    messaging.stays_after(text, timestamptz),
    messaging.index_partition(text, text, timestamptz),
    messaging.count_staying(text, text, timestamptz, bigint),
    messaging.drop_partition(text, text, timestamptz),
    messaging.check_partition(text, text)
FROM PUBLIC;
