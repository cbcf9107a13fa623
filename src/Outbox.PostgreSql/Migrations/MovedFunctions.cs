using System.Text.RegularExpressions;
using Messaging.Outbox.Migrations;
using Messaging.Outbox.PostgreSql.Connections;
using Messaging.Outbox.Store;
using Npgsql;

namespace Messaging.Outbox.PostgreSql.Migrations;

/// <summary>
/// The functions and triggers of tables that move. The text of a function names the tables, so it is written anew; the function itself is kept, with the rights that were
/// granted on it and the triggers that call it.
/// </summary>
internal sealed partial class MovedFunctions(NpgsqlConnection connection, string former, TableNames names)
{
    /// <param name="scripts">The scripts that have run in the former schema, in order.</param>
    public async Task MoveAsync(IReadOnlyList<MigrationScript> scripts)
    {
        foreach (Match function in scripts.SelectMany(script => Function().Matches(script.Text)))
        {
            var name = function.Groups["name"].Value;
            var types = string.Join(", ", Type().Matches(function.Groups["parameters"].Value).Select(type => type.Groups["name"].Value));
            if (await ExistsAsync($"SELECT 1 WHERE to_regprocedure($1) IS NOT NULL", $"{former}.{name}({types})"))
            {
                await MoveAsync(name, types);
            }

            await ExecuteAsync(names.InScript($"CREATE OR REPLACE FUNCTION {function.Groups["text"].Value}"));
        }

        foreach (Match trigger in names.Prefix.Length == 0 ? [] : scripts.SelectMany(script => Trigger().Matches(script.Text)))
        {
            var (name, table) = (trigger.Groups["name"].Value, names.In($"messaging.{trigger.Groups["table"].Value}"));
            if (await ExistsAsync("SELECT 1 FROM pg_trigger WHERE tgrelid = to_regclass($1) AND tgname = $2", table, name))
            {
                await ExecuteAsync($"ALTER TRIGGER {name} ON {table} RENAME TO {names.Prefix}{name}");
            }
        }
    }

    private async Task MoveAsync(string name, string types)
    {
        if (names.Schema != former)
        {
            await ExecuteAsync($"ALTER FUNCTION {former}.{name}({types}) SET SCHEMA \"{names.Schema}\"");
        }

        if (names.Prefix.Length > 0)
        {
            await ExecuteAsync($"ALTER FUNCTION \"{names.Schema}\".{name}({types}) RENAME TO {names.Prefix}{name}");
        }
    }

    private async Task<bool> ExistsAsync(string sql, params string[] parameters)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        command.Parameters.AddRange(parameters.Select(value => (NpgsqlParameter)TypedParameter.Parameter(value)).ToArray());
        return await command.ExecuteScalarAsync() is not null;
    }

    private Task ExecuteAsync(string sql) => connection.ExecuteAsync(sql, CancellationToken.None);

    [GeneratedRegex(@"^CREATE (OR REPLACE )?FUNCTION (?<text>messaging\.(?<name>\w+)\((?<parameters>[^)]*)\).*?\$\$.*?\$\$;)", Options | RegexOptions.Singleline, matchTimeoutMilliseconds: 1_000)]
    private static partial Regex Function();

    // A parameter is its name and its type.
    [GeneratedRegex(@"\w+ (?<name>\w+)", Options, matchTimeoutMilliseconds: 1_000)]
    private static partial Regex Type();

    [GeneratedRegex(@"^CREATE TRIGGER /\*prefix\*/(?<name>\w+) .*? ON messaging\.(?<table>\w+) ", Options, matchTimeoutMilliseconds: 1_000)]
    private static partial Regex Trigger();

    private const RegexOptions Options = RegexOptions.ExplicitCapture | RegexOptions.Multiline;
}
