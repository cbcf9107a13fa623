using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Messaging.ServiceDefaults.Database;
using Messaging.ServiceDefaults.Files;
using Messaging.ServiceDefaults.Messaging;
using Messaging.Worker;
using Messaging.Worker.Mail;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.TestHost;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Hosting;

namespace Messaging.Api.Tests;

/// <summary>
/// A use case is its folders and a line in each module: without its lines the rest is built, starts and has its routes. What needs another one goes
/// with it.
/// </summary>
public sealed class UseCaseTests
{
    /// <summary>Whose services another use case takes; README says the same.</summary>
    private static readonly Dictionary<string, string[]> NeededBy = new(StringComparer.Ordinal) { ["Passwords"] = ["Register"] };

    private static readonly Task<string[]> All = PathsAsync([]);

    public static TheoryData<string> Names => [.. ApiModule.UseCases.Select(NameOf).Concat(WorkerModule.UseCases.Select(NameOf)).Distinct()];

    [Theory]
    [MemberData(nameof(Names))]
    public async Task Without_one_use_case_the_others_start(string name)
    {
        var gone = NeededBy.GetValueOrDefault(name, []).Append(name).ToList();

        var all = await All;
        var left = await PathsAsync(gone);

        Assert.NotEmpty(left);
        Assert.Equal(left, left.Intersect(all, StringComparer.Ordinal));
        Assert.NotEqual(all.Length, left.Length);
    }

    [Fact]
    public async Task Passwords_limit_addresses_without_registration()
    {
        var status = await WithoutAsync(["Register"], async client =>
        {
            using var response = await client.PostAsync("/password/forgot?email=ann%40example.org", content: null, TestContext.Current.CancellationToken);
            return response.StatusCode;
        });

        Assert.Equal(HttpStatusCode.Accepted, status);
    }

    private static Task<string[]> PathsAsync(IReadOnlyList<string> gone) => WithoutAsync<string[]>(gone, async client =>
        [.. (await client.GetFromJsonAsync<JsonElement>("/openapi/v1.json")).GetProperty("paths").EnumerateObject().Select(p => p.Name)]);

    private static async Task<TResult> WithoutAsync<TResult>(IReadOnlyList<string> gone, Func<HttpClient, Task<TResult>> ask)
    {
        using var folder = new TemporaryFolder();
        var builder = WebApplication.CreateBuilder();
        builder.WebHost.UseTestServer();
        builder.Host.UseDefaultServiceProvider(options => (options.ValidateOnBuild, options.ValidateScopes) = (true, true));
        builder.Configuration.AddInMemoryCollection([new("Files:Folder", folder.File("files")), new("Outbox:CommitTimeout", "00:00:30")]);
        var api = ApiModule.UseCases.Where(u => !gone.Contains(NameOf(u))).ToList();
        builder.AddStandaloneMessaging(folder.File("messaging.db"), x =>
        {
            x.AddWorkerConsumers([.. WorkerModule.UseCases.Where(u => !gone.Contains(NameOf(u)))]);
            x.AddApiConsumers(api);
        });
        builder.AddMailFolder(folder.File("mails"));
        builder.AddFiles();
        builder.AddApi(api);
        await using var app = builder.Build();
        Assert.Equal(0, await app.MigrateAsync());
        app.MapApi(api);
        await app.StartAsync();

        using var client = app.GetTestClient();
        var result = await ask(client);
        await app.StopAsync();
        SqliteConnection.ClearAllPools();
        return result;
    }

    /// <summary>The folder, which the namespace is called after.</summary>
    private static string NameOf(UseCase useCase) => NameOf(useCase.Map);

    private static string NameOf(Delegate line) => line.Method.DeclaringType!.Namespace!.Split('.')[2];
}
