using System.Transactions;
using Hangfire;
using Hangfire.PostgreSql;
using Npgsql;

namespace Messaging.Bench.Peers;

/// <summary>
/// Hangfire over PostgreSQL: an API that enqueues jobs, and a server that runs them. Its documentation's serializers are set, and where it leaves a choice,
/// what was fastest (docs/performance/trials.md). Not set is EnableLongPolling, by which an idle server hears of a job sooner, and fetches each one slower; nor
/// UseSlidingInvisibilityTimeout, which is for jobs of many minutes.
/// </summary>
internal static class HangfirePeer
{
    /// <summary>Threads that run jobs. Its default is five a core, at most 20.</summary>
    private const int Workers = 40;

    /// <summary>Its client has no asynchronous call: a request in flight holds a thread, and the pool makes one or two a second.</summary>
    private const int Threads = 64;

    /// <param name="port">Of loopback.</param>
    /// <param name="database">The connection string.</param>
    /// <param name="jobs">How many jobs a registration enqueues, each of which waits for the one before.</param>
    public static async Task<int> ServeAsync(string port, string database, int jobs)
    {
        ThreadPool.SetMinThreads(Threads, Threads);
        var connectionString = ConnectionString(database);
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls($"http://127.0.0.1:{port}");
        builder.Logging.SetMinimumLevel(LogLevel.Warning);
        builder.Services.AddHangfire(hangfire => Configure(hangfire, connectionString));
        var app = builder.Build();
        app.Services.GetRequiredService<JobStorage>(); // makes its tables

        app.MapPost("/register", async (Registration request, IBackgroundJobClient client) =>
        {
            var id = Guid.CreateVersion7();
            using var transaction = Transaction();
            await using (var connection = new NpgsqlConnection(connectionString))
            {
                await connection.OpenAsync();
                await using var insert = new NpgsqlCommand("INSERT INTO users (id, email, registered_at) VALUES ($1, $2, now()) ON CONFLICT DO NOTHING", connection);
                insert.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = id });
                insert.Parameters.Add(new NpgsqlParameter<string> { TypedValue = request.Email });
                await insert.ExecuteNonQueryAsync();
            }

            var message = $"registered {id}";
            var job = client.Enqueue<HangfireJobs>(work => work.WriteLogAsync(message));
            for (var next = 1; next < jobs; next++)
            {
                job = client.ContinueJobWith<HangfireJobs>(job, work => work.WriteLogAsync(message));
            }

            transaction.Complete();
            return TypedResults.Accepted((string?)null, new Answer(id));
        });
        app.MapPost("/log", (Entry request, IBackgroundJobClient client) =>
        {
            using var transaction = Transaction();
            client.Enqueue<HangfireJobs>(work => work.WriteLogAsync(request.Message));
            transaction.Complete();
            return TypedResults.Accepted((string?)null, new Answer(Guid.CreateVersion7()));
        });
        app.MapGet("/health/ready", () => TypedResults.Ok());
        await app.RunAsync();
        return 0;
    }

    /// <summary>Runs jobs until it is told to end.</summary>
    public static async Task<int> WorkAsync(string database)
    {
        var connectionString = ConnectionString(database);
        var builder = Host.CreateApplicationBuilder();
        builder.Logging.SetMinimumLevel(LogLevel.Warning);
        builder.Services.AddSingleton(NpgsqlDataSource.Create(connectionString));
        builder.Services.AddHangfire(hangfire => Configure(hangfire, connectionString));
        builder.Services.AddHangfireServer(server => server.WorkerCount = Workers);
        using var host = builder.Build();
        await host.RunAsync();
        return 0;
    }

    private static void Configure(IGlobalConfiguration hangfire, string connectionString) => hangfire
        .SetDataCompatibilityLevel(CompatibilityLevel.Version_180)
        .UseSimpleAssemblyNameTypeSerializer()
        .UseRecommendedSerializerSettings()
        .UsePostgreSqlStorage(
            storage => storage.UseNpgsqlConnection(connectionString),
            new PostgreSqlStorageOptions { QueuePollInterval = TimeSpan.FromSeconds(1) }); // which only an empty queue is asked by; its default is 15

    /// <summary>Hangfire's commands join it: the user is stored with the job, or neither is, and an enqueued job is one commit instead of two.</summary>
    private static TransactionScope Transaction() => new(
        TransactionScopeOption.Required, new TransactionOptions { IsolationLevel = IsolationLevel.ReadCommitted }, TransactionScopeAsyncFlowOption.Enabled);

    private static string ConnectionString(string database) =>
        new NpgsqlConnectionStringBuilder(database) { MaxAutoPrepare = 32, AutoPrepareMinUsages = 2, MaxPoolSize = Threads }.ConnectionString;
}

/// <summary>What is left to be done after a request.</summary>
public sealed class HangfireJobs(NpgsqlDataSource source)
{
    public async Task WriteLogAsync(string message)
    {
        await using var insert = source.CreateCommand("INSERT INTO log_entries (id, message, logged_at) VALUES ($1, $2, now())");
        insert.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = Guid.CreateVersion7() });
        insert.Parameters.Add(new NpgsqlParameter<string> { TypedValue = message });
        await insert.ExecuteNonQueryAsync();
    }
}
