-- tasks and inbox by the time in their keys, which are UUIDv7 as a rule: what is past its retention goes with its partition and is
-- not deleted row by row (docs/decisions/0029). What there was becomes the first partition, up to now. Ids without a time lie nearly
-- all before 2020 or after 2060; the few others of them, and rows that outlive their partition, are in the default partition. The days
-- to come are made here for the first time, and by the clean-up from then on.
DROP INDEX messaging.tasks_created_at;
DROP INDEX messaging.inbox_consumed_at;

DO $$
DECLARE
    parent  text;
    key     text;
    columns text;
    storage text;
    since   timestamptz := clock_timestamp();
    today   timestamptz := date_trunc('day', since AT TIME ZONE 'UTC') AT TIME ZONE 'UTC';
    bounds  uuid[]; -- 2020, now, three times midnight, 2060
BEGIN
    SELECT array_agg((lpad(to_hex((extract(epoch FROM at) * 1000)::bigint), 12, '0') || repeat('0', 20))::uuid ORDER BY at) INTO bounds
    FROM unnest(ARRAY[
        timestamptz '2020-01-01 00:00:00Z', since, today + interval '1 day', today + interval '2 days', today + interval '3 days', timestamptz '2060-01-01 00:00:00Z']) AS at;

    FOR parent, key, storage IN VALUES ('tasks', 'id', 'WITH (fillfactor = 60)'), ('inbox', 'message_id', '') LOOP
        EXECUTE format('ALTER TABLE messaging.%1$s RENAME TO /*prefix*/%1$s_first', parent);
        EXECUTE format('ALTER TABLE messaging.%1$s_first RENAME CONSTRAINT /*prefix*/%1$s_pkey TO /*prefix*/%1$s_first_pkey', parent);
        IF parent = 'tasks' THEN
            ALTER INDEX messaging.tasks_attention RENAME TO /*prefix*/tasks_first_attention;
        END IF;

        EXECUTE format('CREATE TABLE messaging.%1$s (LIKE messaging.%1$s_first INCLUDING ALL) PARTITION BY RANGE (%2$I)', parent, key);
        EXECUTE format('CREATE TABLE messaging.%1$s_default PARTITION OF messaging.%1$s DEFAULT %2$s', parent, storage);
        EXECUTE format('CREATE TABLE messaging.%1$s_low PARTITION OF messaging.%1$s FOR VALUES FROM (MINVALUE) TO (%3$L) %2$s', parent, storage, bounds[1]);
        EXECUTE format('CREATE TABLE messaging.%1$s_high PARTITION OF messaging.%1$s FOR VALUES FROM (%3$L) TO (MAXVALUE) %2$s', parent, storage, bounds[6]);
        FOR i IN 1..3 LOOP
            EXECUTE format(
                'CREATE TABLE messaging.%1$s_p%3$s PARTITION OF messaging.%1$s FOR VALUES FROM (%4$L) TO (%5$L) %2$s',
                parent, storage, to_char(today + (i - 1) * interval '1 day', 'YYYYMMDDHH24MI'), bounds[i + 1], bounds[i + 2]);
        END LOOP;

        SELECT string_agg(quote_ident(attname), ', ' ORDER BY attnum) INTO columns FROM pg_attribute
        WHERE attrelid = format('messaging.%s_first', parent)::regclass AND attnum > 0 AND NOT attisdropped AND attgenerated = '';
        EXECUTE format(
            'WITH moved AS (DELETE FROM messaging.%1$s_first WHERE %3$I < $1 OR %3$I >= $2 RETURNING %2$s) INSERT INTO messaging.%1$s (%2$s) SELECT %2$s FROM moved',
            parent, columns, key) USING bounds[1], bounds[2];
        EXECUTE format('ALTER TABLE messaging.%1$s ATTACH PARTITION messaging.%1$s_first FOR VALUES FROM (%2$L) TO (%3$L)', parent, bounds[1], bounds[2]);
    END LOOP;

    ALTER INDEX messaging.tasks_attention_id_idx RENAME TO /*prefix*/tasks_attention;
END $$;

-- What is new is found in an insert-only partition by a block range index. Where rows are deleted one by one, new ones take the places of
-- old ones, and such an index leads to all of them.
CREATE INDEX /*prefix*/inbox_consumed_at ON messaging.inbox USING brin (consumed_at) WITH (pages_per_range = 32);
DO $$
DECLARE
    part text;
BEGIN
    FOREACH part IN ARRAY ARRAY['low', 'high', 'default'] LOOP
        EXECUTE format('CREATE INDEX /*prefix*/inbox_%1$s_retention ON messaging.inbox_%1$s (consumed_at)', part);
        EXECUTE format('CREATE INDEX /*prefix*/tasks_%1$s_retention ON messaging.tasks_%1$s (finished_at) WHERE state = 3', part);
    END LOOP;
END $$;

DROP INDEX messaging.idempotency_answers_created_at;
CREATE INDEX /*prefix*/idempotency_answers_created_at ON messaging.idempotency_answers (created_at);
