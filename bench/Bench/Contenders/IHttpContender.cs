using Messaging.Bench.Load;
using Messaging.Bench.Measures;
using Messaging.Bench.Servers;

namespace Messaging.Bench.Contenders;

/// <summary>What a client asks of each contender, in the words that all of them understand.</summary>
internal static class Requests
{
    public static readonly JsonPost Register = new("/register", number => $$"""{"email":"user{{number:D9}}@example.org"}""");

    public static readonly JsonPost Log = new("/log", number => $$"""{"message":"entry {{number:D9}}"}""");
}

/// <summary>A system that takes requests, as its users run it: in processes of its own, over the same servers as the others.</summary>
internal interface IHttpContender
{
    string Name { get; }

    /// <summary>Why it cannot be run on this machine; null when it can.</summary>
    string? Missing => null;

    /// <summary>How long it takes requests before they are counted.</summary>
    TimeSpan WarmUp => RequestMeasure.WarmUp;

    /// <summary>Starts it over an empty database, and returns when it takes requests.</summary>
    Task<RunningSystem> StartAsync(BenchServers servers, CancellationToken cancellationToken);
}
