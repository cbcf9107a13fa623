using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Messaging.Outbox;
using Microsoft.Extensions.DependencyInjection;

namespace Messaging.Api.Tests.DeadLetters;

/// <summary>A dead letter that a step of a bulk action has locked, as PostgreSQL does: nothing is done, and nothing else is said.</summary>
public sealed class BusyLetterTests
{
    [Theory]
    [InlineData("drop", null)]
    [InlineData("redrive", null)]
    [InlineData("redrive", "mail")]
    public async Task A_decision_that_did_not_happen_is_a_409(string decision, string? queue)
    {
        await using var api = new StandaloneApi(("Endpoints:Default:Retry:MaxAttempts", "1")) { Replaces = Hold };
        using var client = api.CreateClient();
        api.BlockMails();
        await api.StateAsync(await api.AcceptedAsync(null, "/register?email=ann@example.org"), "Failed");
        var letter = (await client.GetFromJsonAsync<JsonElement>("/dead-letters")).GetProperty("items")[0].GetProperty("id").GetGuid();

        using var response = await client.PostAsync($"/dead-letters/{letter}/{decision}", queue is null ? null : JsonContent.Create(new { queue }));

        Assert.Equal(HttpStatusCode.Conflict, response.StatusCode);
        Assert.Contains("nother action decides about", await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    private static void Hold(IServiceCollection services)
    {
        var real = services.Last(service => service.ServiceType == typeof(IDeadLetterControl)).ImplementationFactory!;
        services.AddScoped<IDeadLetterControl>(provider => new Busy((IDeadLetterControl)real(provider)));
    }

    /// <summary>All are locked.</summary>
    private sealed class Busy(IDeadLetterControl control) : IDeadLetterControl
    {
        public Task<Page<DeadLetterRecord>> ListAsync(DeadLetterQuery query, DeadLetterState state, Guid? after, int limit, CancellationToken cancellationToken = default) =>
            control.ListAsync(query, state, after, limit, cancellationToken);

        public Task<Page<DeadLetterGroup>> ListGroupsAsync(Guid? after, int limit, CancellationToken cancellationToken = default) =>
            control.ListGroupsAsync(after, limit, cancellationToken);

        public Task<DeadLetterGroup?> FindGroupAsync(Guid id, CancellationToken cancellationToken = default) => control.FindGroupAsync(id, cancellationToken);

        public Task<bool> SetNoteAsync(Guid groupId, string? text, string who, DeadLetterNoteCondition? condition = null, CancellationToken cancellationToken = default) =>
            control.SetNoteAsync(groupId, text, who, condition, cancellationToken);

        public Task<DeadLetterDetails?> FindAsync(Guid id, CancellationToken cancellationToken = default) => control.FindAsync(id, cancellationToken);

        public Task<int> RedriveAsync(DeadLetterQuery query, string who, DeadLetterEdit? edit = null, string? queue = null, CancellationToken cancellationToken = default) =>
            Task.FromResult(0);

        public Task<int> DropAsync(DeadLetterQuery query, string who, SuccessorPolicy successors = SuccessorPolicy.Cancel, CancellationToken cancellationToken = default) =>
            Task.FromResult(0);
    }
}
