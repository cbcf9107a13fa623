using System.Collections.Concurrent;
using System.ComponentModel;
using MassTransit;
using Messaging.Outbox.Tests.MassTransit.Pipeline;
using Microsoft.Extensions.DependencyInjection;

namespace Messaging.Outbox.Tests.Payloads;

/// <summary>A message with a value that is not stored, and one that callers cannot set.</summary>
public sealed record Invitation(string Name, [property: Redacted] string Email)
{
    [ReadOnly(true)]
    public string Source { get; init; } = "caller";
}

/// <summary>A message with a value that is optional and not stored, also in its list.</summary>
public sealed record Contact(string Name, [property: Redacted] string? Phone = null)
{
    public IReadOnlyList<Contact> Others { get; init; } = [];
}

/// <summary>What was consumed.</summary>
public sealed class Invitations
{
    private readonly ConcurrentQueue<Invitation> _all = new();

    public IEnumerable<string> Emails => _all.Select(i => i.Email);

    public IEnumerable<string> Sources => _all.Select(i => i.Source);

    public static Invitations Of(PipelineUnderTest pipeline) => pipeline.Services.GetRequiredService<Invitations>();

    public void Add(Invitation invitation) => _all.Enqueue(invitation);
}

public sealed class InvitationConsumer(Invitations invitations) : IConsumer<Invitation>
{
    public Task Consume(ConsumeContext<Invitation> context)
    {
        invitations.Add(context.Message);
        return Task.CompletedTask;
    }
}
