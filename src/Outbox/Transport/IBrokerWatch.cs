namespace Messaging.Outbox.Transport;

/// <summary>What this process knows about its broker besides <see cref="IMessageTransport.IsUp"/>.</summary>
internal interface IBrokerWatch
{
    /// <summary>The problem with the broker; null if there is none, or if nobody watches.</summary>
    BrokerProblem? Problem { get; }
}

/// <summary>A problem with the broker.</summary>
/// <param name="Text">A sentence for operators, without host and user name.</param>
/// <param name="For">How long this process has seen it.</param>
internal sealed record BrokerProblem(string Text, TimeSpan For);

/// <summary>A transport that nobody watches.</summary>
internal sealed class NoBrokerWatch : IBrokerWatch
{
    public BrokerProblem? Problem => null;
}
