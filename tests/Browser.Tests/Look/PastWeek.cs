namespace Messaging.Browser.Tests.Look;

/// <summary>
/// A week of the example service as its figures have it, so that pictures show charts as they are after a week and not after a minute: days and nights, a
/// queue that fell behind for ten minutes, a few failures. The balance stays right.
/// </summary>
internal static class PastWeek
{
    public const string Sql =
        """
        CREATE TEMPORARY TABLE past ON COMMIT DROP AS
        SELECT date_trunc('minute', now()) - n * interval '1 minute' AS minute, queue, n,
            round(share * (600 + 420 * sin((n + 300) * 2 * pi() / 1440) + (n * 7919 % 97) - (n * 104729 % 61)))::bigint AS accepted
        FROM generate_series(1, 10080) AS n,
            (VALUES ('log-requested', 1.0), ('user-registered', 0.12), ('password-forgotten', 0.03), ('cache-refresh-requested', 0.1)) AS q (queue, share);

        INSERT INTO task_counts (minute, queue, accepted, attempts, succeeded, failed, cancelled)
        SELECT minute, queue, accepted, accepted + f, accepted - f, f, 0
        FROM (SELECT *, CASE WHEN queue = 'user-registered' AND (n BETWEEN 21 AND 27 OR n % 911 < 3) THEN accepted / 30 ELSE 0 END AS f FROM past) AS p
        ON CONFLICT DO NOTHING;

        INSERT INTO queue_depths (minute, queue, depth)
        SELECT minute, queue, CASE WHEN queue = 'user-registered' AND n BETWEEN 15 AND 27 THEN 40 * (14 - abs(n - 21)) WHEN n % 47 = 0 THEN 2 ELSE 0 END FROM past
        ON CONFLICT DO NOTHING;

        INSERT INTO task_effects (seconds, start_at, queue, bucket, tasks)
        SELECT s.seconds, date_bin(s.seconds * interval '1 second', minute, '2020-01-01Z'), queue, b.bucket + CASE WHEN n BETWEEN 15 AND 27 THEN 12 ELSE n / s.every * 7919 % 5 / 4 END, sum(b.tasks)
        FROM past, (VALUES (60, 1, 120), (900, 15, 10080)) AS s (seconds, every, most), (VALUES (17, 30), (21, 15), (28, 4), (34, 1)) AS b (bucket, tasks)
        WHERE n <= s.most AND queue <> 'password-forgotten' GROUP BY 1, 2, 3, 4
        ON CONFLICT DO NOTHING;

        INSERT INTO task_totals AS t (state, accepted, tasks)
        SELECT 3, sum(succeeded + failed), sum(succeeded) FROM task_counts WHERE minute <= now() - interval '1 minute' UNION ALL
        SELECT 4, 0, sum(failed) FROM task_counts WHERE minute <= now() - interval '1 minute'
        ON CONFLICT (state) DO UPDATE SET accepted = t.accepted + excluded.accepted, tasks = t.tasks + excluded.tasks;
        """;
}
