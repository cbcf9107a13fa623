using Messaging.Browser.Tests;
using Xunit.Sdk;
using Xunit.v3;

[assembly: Parallelization(MaxThreads = 4)] // half of the time a test waits, for the server or for a second to pass
[assembly: TestCollectionOrderer(typeof(LongestFirst))]

namespace Messaging.Browser.Tests;

/// <summary>The classes that take longest begin first, so that none of them runs alone at the end.</summary>
public sealed class LongestFirst : ITestCollectionOrderer
{
    private static readonly string[] Long = [".Live.", ".Look.", ".Access.", ".Pages."];

    public IReadOnlyCollection<TTestCollection> OrderTestCollections<TTestCollection>(IReadOnlyCollection<TTestCollection> testCollections)
        where TTestCollection : ITestCollection =>
        [.. testCollections.OrderBy(c => Array.FindIndex(Long, part => c.TestCollectionDisplayName.Contains(part, StringComparison.Ordinal)) is >= 0 and var place ? place : Long.Length)];
}
