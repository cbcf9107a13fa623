using System.Runtime.CompilerServices;
using MassTransit;

namespace Messaging.Outbox.Tests.MassTransit.Pipeline;

/// <summary>Says on a message which unit of work it was published in.</summary>
public sealed class SigningFilter<T>(IUnitOfWork unit) : IFilter<PublishContext<T>>
    where T : class
{
    public Task Send(PublishContext<T> context, IPipe<PublishContext<T>> next)
    {
        context.Headers.Set(SigningFilter.Header, SigningFilter.SignatureOf(unit));
        return next.Send(context);
    }

    public void Probe(ProbeContext context) => context.CreateFilterScope("signing");
}

public static class SigningFilter
{
    public const string Header = "Signature";

    public static int SignatureOf(IUnitOfWork unit) => RuntimeHelpers.GetHashCode(unit);
}
