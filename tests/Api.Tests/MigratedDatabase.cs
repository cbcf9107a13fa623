using Messaging.ServiceDefaults.Database;
using Messaging.ServiceDefaults.Messaging;
using Microsoft.AspNetCore.Builder;
using Microsoft.Data.Sqlite;

namespace Messaging.Api.Tests;

/// <summary>The database of a process that was just migrated, made once: that takes as long as all else of a start.</summary>
internal static class MigratedDatabase
{
    private static readonly Lazy<byte[]> Made = new(() => Task.Run(MakeAsync).GetAwaiter().GetResult());

    public static void CopyTo(string path) => File.WriteAllBytes(path, Made.Value);

    private static async Task<byte[]> MakeAsync()
    {
        using var folder = new TemporaryFolder();
        var path = folder.File("messaging.db");
        var builder = WebApplication.CreateBuilder();
        builder.AddStandaloneMessaging(path, _ => { });
        await using (var app = builder.Build())
        {
            Assert.Equal(0, await app.MigrateAsync());
        }

        SqliteConnection.ClearAllPools(); // the last connection writes the log into the file
        return await File.ReadAllBytesAsync(path);
    }
}
