-- The totals begin with the tasks that there are: in one statement, and so from one snapshot, in which every change since the triggers exist is a row of
-- task_deltas. Nobody has to wait for it, and whoever writes meanwhile is counted once.
INSERT INTO messaging.task_totals (state, accepted, tasks)
SELECT s.state, coalesce(t.tasks, 0) - coalesce(d.accepted, 0), coalesce(t.tasks, 0) - coalesce(d.tasks, 0)
FROM generate_series(-1, 8) AS s (state)
LEFT JOIN (SELECT state, count(*) AS tasks FROM messaging.tasks GROUP BY state) AS t ON t.state = s.state
LEFT JOIN (SELECT state, sum(accepted) AS accepted, sum(tasks) AS tasks FROM messaging.task_deltas GROUP BY state) AS d ON d.state = s.state;
