using System.Collections.Concurrent;
using System.Reflection;
using Messaging.Outbox.Store;

namespace Messaging.Outbox.Tests.Feed;

/// <summary>A store whose statements are counted, and which is out of reach when a test wants it.</summary>
public class WatchedStore : DispatchProxy
{
    private IStoreQueries _store = null!;

    /// <summary>The parameters of each statement that reads, in order.</summary>
    internal ConcurrentQueue<IReadOnlyList<object?>> Statements { get; } = new();

    /// <summary>Those of them that were not refused.</summary>
    internal ConcurrentQueue<IReadOnlyList<object?>> Answered { get; } = new();

    internal volatile bool IsDown;

    internal IStoreQueries Store => (IStoreQueries)(object)this;

    internal static WatchedStore Over(IStoreQueries store)
    {
        var watched = (WatchedStore)(object)Create<IStoreQueries, WatchedStore>();
        watched._store = store;
        return watched;
    }

    protected override object? Invoke(MethodInfo? targetMethod, object?[]? args)
    {
        if (targetMethod!.Name == nameof(IStoreQueries.QueryAsync))
        {
            var parameters = (IReadOnlyList<object?>)args![1]!;
            Statements.Enqueue(parameters);
            if (IsDown)
            {
                throw new StoreUnavailableException("The test wants it.");
            }

            Answered.Enqueue(parameters);
        }

        return targetMethod.Invoke(_store, args);
    }
}
