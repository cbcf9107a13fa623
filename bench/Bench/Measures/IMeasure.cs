using System.Globalization;
using Messaging.Bench.Results;
using Messaging.Bench.Servers;

namespace Messaging.Bench.Measures;

/// <summary>What a measure is given.</summary>
/// <param name="Servers">The servers that all contenders share, one after the other.</param>
/// <param name="Rounds">How often each contender is measured, in turns.</param>
/// <param name="Duration">How long a round's load is.</param>
/// <param name="LongDuration">How long the load is that shows what grows.</param>
/// <param name="Say">Tells what has been measured.</param>
internal sealed record BenchContext(BenchServers Servers, int Rounds, TimeSpan Duration, TimeSpan LongDuration, Action<string> Say)
{
    /// <summary>Adds how many a second there were in a round, and tells it.</summary>
    public void AddRate(Table table, string measure, int round, string contender, double perSecond, params IEnumerable<(string Name, double Value)> more)
    {
        table.Add(contender, new Sample(perSecond, more.ToDictionary(m => m.Name, m => m.Value)));
        Say(string.Create(CultureInfo.InvariantCulture, $"{measure}, round {round}: {contender} {perSecond:#,0}/s"));
    }
}

/// <summary>One table of the report.</summary>
internal interface IMeasure
{
    string Name { get; }

    string Description { get; }

    Task<Table> RunAsync(BenchContext context, CancellationToken cancellationToken);
}
