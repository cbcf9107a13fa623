-- What is kept of the messages of tasks, and the keys by which tasks are found (docs/decisions/0050). Both are partitioned like tasks, with the same bounds, and
-- their partitions are created and dropped with those of tasks; rows of tasks that are deleted one by one are deleted by a trigger, or by the clean-up.
SET LOCAL lock_timeout = '1s';
ALTER TABLE messaging.tasks ADD COLUMN run_again_of uuid NULL;

CREATE TABLE messaging.task_payloads (
    task_id  uuid    NOT NULL,
    type     text    NOT NULL,
    address  text    NULL,
    bytes    integer NOT NULL,
    redacted text    NULL,
    message  text    NULL,
    CONSTRAINT /*prefix*/task_payloads_pkey PRIMARY KEY (task_id)
) PARTITION BY RANGE (task_id);

CREATE TABLE messaging.task_keys (
    name    text NOT NULL,
    value   text NOT NULL,
    task_id uuid NOT NULL,
    CONSTRAINT /*prefix*/task_keys_pkey PRIMARY KEY (name, value, task_id)
) PARTITION BY RANGE (task_id);

CREATE INDEX /*prefix*/task_keys_task_id ON messaging.task_keys (task_id);

DO $$
DECLARE
    part   text;
    bounds text;
    beside text;
BEGIN
    FOR part, bounds IN
        SELECT substr(relname, length('/*prefix*/') + 1), pg_get_expr(relpartbound, pg_class.oid) FROM pg_inherits JOIN pg_class ON pg_class.oid = inhrelid
        WHERE inhparent = 'messaging.tasks'::regclass
    LOOP
        FOREACH beside IN ARRAY ARRAY['task_payloads', 'task_keys'] LOOP
            EXECUTE format('CREATE TABLE messaging.%1$s%2$s PARTITION OF messaging.%1$s %3$s', beside, substr(part, 6), bounds);
        END LOOP;
    END LOOP;
END $$;

-- As before; partitions of tasks are created with those beside them.
CREATE OR REPLACE FUNCTION messaging.create_partition(parent text, lower_id uuid, upper_id uuid, begins_at timestamptz) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    span    text := '_p' || to_char(begins_at AT TIME ZONE 'UTC', 'YYYYMMDDHH24MI');
    names   text[];
    name    text;
    key     text;
    storage text := '';
    columns text;
    rows    bigint;
    moved   bigint;
BEGIN
    CASE parent
        WHEN 'tasks' THEN names := ARRAY['tasks', 'task_payloads', 'task_keys'];
        WHEN 'inbox' THEN names := ARRAY['inbox'];
    END CASE; -- another one is an error
    FOREACH name IN ARRAY names LOOP
        CASE name
            WHEN 'tasks' THEN key := 'id'; storage := 'WITH (fillfactor = 60)';
            WHEN 'inbox' THEN key := 'message_id'; storage := '';
            ELSE key := 'task_id'; storage := '';
        END CASE;
        EXECUTE format('LOCK TABLE messaging.%s_default IN ACCESS EXCLUSIVE MODE', name);
        EXECUTE format('CREATE TABLE messaging.%s (LIKE messaging.%s INCLUDING ALL) %s', name || span, name, storage);
        SELECT string_agg(quote_ident(attname), ', ' ORDER BY attnum) INTO columns FROM pg_attribute
        WHERE attrelid = format('messaging.%s', name)::regclass AND attnum > 0 AND NOT attisdropped AND attgenerated = '';
        EXECUTE format(
            'WITH moved AS (DELETE FROM messaging.%1$s_default WHERE %2$s >= %3$L AND %2$s < %4$L RETURNING %5$s) INSERT INTO messaging.%6$s (%5$s) SELECT %5$s FROM moved',
            name, key, lower_id, upper_id, columns, name || span);
        GET DIAGNOSTICS rows = ROW_COUNT;
        EXECUTE format('ALTER TABLE messaging.%s ATTACH PARTITION messaging.%s FOR VALUES FROM (%L) TO (%L)', name, name || span, lower_id, upper_id);
        moved := coalesce(moved, rows); -- of the first one
    END LOOP;
    RETURN moved;
END $$;

-- As before; what lies beside a task goes where its row goes.
CREATE OR REPLACE FUNCTION messaging.drop_partition(parent text, part text, moment timestamptz) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    columns text;
    beside  text;
    staying uuid[];
    moved   bigint;
BEGIN
    PERFORM messaging.check_partition(parent, part);
    SELECT string_agg(quote_ident(attname), ', ' ORDER BY attnum) INTO columns FROM pg_attribute
    WHERE attrelid = format('messaging.%s', parent)::regclass AND attnum > 0 AND NOT attisdropped AND attgenerated = '';
    EXECUTE format('ALTER TABLE messaging.%s DETACH PARTITION messaging.%s', parent, part);
    IF parent = 'tasks' THEN
        EXECUTE format('SELECT array_agg(id) FROM messaging.%s WHERE %s', part, messaging.stays_after(parent, moment)) INTO staying;
    END IF;
    EXECUTE format(
        'WITH moved AS (DELETE FROM messaging.%1$s WHERE %2$s RETURNING %3$s) INSERT INTO messaging.%4$s_default (%3$s) SELECT %3$s FROM moved',
        part, messaging.stays_after(parent, moment), columns, parent);
    GET DIAGNOSTICS moved = ROW_COUNT;
    EXECUTE format('DROP TABLE messaging.%s', part);
    IF parent = 'tasks' THEN
        FOREACH beside IN ARRAY ARRAY['task_payloads', 'task_keys'] LOOP
            CONTINUE WHEN to_regclass(format('messaging.%s', beside || substr(part, 6))) IS NULL;
            SELECT string_agg(quote_ident(attname), ', ' ORDER BY attnum) INTO columns FROM pg_attribute
            WHERE attrelid = format('messaging.%s', beside)::regclass AND attnum > 0 AND NOT attisdropped AND attgenerated = '';
            EXECUTE format('ALTER TABLE messaging.%s DETACH PARTITION messaging.%s', beside, beside || substr(part, 6));
            EXECUTE format('INSERT INTO messaging.%1$s_default (%2$s) SELECT %2$s FROM messaging.%3$s WHERE task_id = ANY ($1)', beside, columns, beside || substr(part, 6)) USING staying;
            EXECUTE format('DROP TABLE messaging.%s', beside || substr(part, 6));
        END LOOP;
    END IF;
    RETURN moved;
END $$;

-- With the rights of the owner and without a search path of its own, like count_tasks.
CREATE FUNCTION messaging.delete_contents() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER AS $$
BEGIN
    DELETE FROM messaging.task_payloads WHERE task_id OPERATOR(pg_catalog.=) ANY (ARRAY(SELECT id FROM former));
    DELETE FROM messaging.task_keys WHERE task_id OPERATOR(pg_catalog.=) ANY (ARRAY(SELECT id FROM former));
    RETURN NULL;
END $$;

REVOKE ALL ON FUNCTION messaging.delete_contents() FROM PUBLIC;

CREATE TRIGGER /*prefix*/tasks_contents AFTER DELETE ON messaging.tasks REFERENCING OLD TABLE AS former FOR EACH STATEMENT EXECUTE FUNCTION messaging.delete_contents();

COMMENT ON COLUMN messaging.tasks.run_again_of IS 'The task whose message it runs again.';
COMMENT ON TABLE messaging.task_payloads IS 'The messages of tasks, for as long as their tasks; none of types that are sensitive or switched off.';
COMMENT ON COLUMN messaging.task_payloads.task_id IS 'The task.';
COMMENT ON COLUMN messaging.task_payloads.type IS 'The full name of the message type.';
COMMENT ON COLUMN messaging.task_payloads.address IS 'Where the message was sent to; NULL if it was published.';
COMMENT ON COLUMN messaging.task_payloads.bytes IS 'The size of its JSON in bytes.';
COMMENT ON COLUMN messaging.task_payloads.redacted IS 'The paths of the properties whose values were replaced, separated by commas.';
COMMENT ON COLUMN messaging.task_payloads.message IS 'The message as JSON; NULL if it was too large.';
COMMENT ON TABLE messaging.task_keys IS 'The values by which tasks are found, of properties that are search keys.';
COMMENT ON COLUMN messaging.task_keys.name IS 'The name of the key.';
COMMENT ON COLUMN messaging.task_keys.value IS 'The value as text.';
COMMENT ON COLUMN messaging.task_keys.task_id IS 'The task.';
COMMENT ON FUNCTION messaging.delete_contents() IS 'Deletes what is kept of the messages of tasks that a statement has deleted.';
