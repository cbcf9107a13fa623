using Npgsql;

namespace Messaging.Bench.Peers;

/// <summary>A minimal API whose endpoints are one INSERT, committed before the answer: what anyone would write first, with nothing left to be done after it.</summary>
internal static class BareApi
{
    public static async Task<int> RunAsync(string port, string database)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls($"http://127.0.0.1:{port}");
        builder.Logging.SetMinimumLevel(LogLevel.Warning);
        var settings = new NpgsqlConnectionStringBuilder(database) { MaxAutoPrepare = 16, AutoPrepareMinUsages = 2 };
        await using var source = NpgsqlDataSource.Create(settings);
        var app = builder.Build();

        app.MapPost("/register", async (Registration request) =>
        {
            var id = Guid.CreateVersion7();
            await using var insert = source.CreateCommand("INSERT INTO users (id, email, registered_at) VALUES ($1, $2, now()) ON CONFLICT DO NOTHING");
            insert.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = id });
            insert.Parameters.Add(new NpgsqlParameter<string> { TypedValue = request.Email });
            await insert.ExecuteNonQueryAsync();
            return TypedResults.Accepted((string?)null, new Answer(id));
        });
        app.MapPost("/log", async (Entry request) =>
        {
            var id = Guid.CreateVersion7();
            await using var insert = source.CreateCommand("INSERT INTO log_entries (id, message, logged_at) VALUES ($1, $2, now())");
            insert.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = id });
            insert.Parameters.Add(new NpgsqlParameter<string> { TypedValue = request.Message });
            await insert.ExecuteNonQueryAsync();
            return TypedResults.Accepted((string?)null, new Answer(id));
        });
        app.MapGet("/health/ready", () => TypedResults.Ok());
        await app.RunAsync();
        return 0;
    }
}

internal sealed record Registration(string Email);

internal sealed record Entry(string Message);

internal sealed record Answer(Guid Id);
