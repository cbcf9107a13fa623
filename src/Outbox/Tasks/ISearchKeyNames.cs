namespace Messaging.Outbox.Tasks;

/// <summary>Knows the search keys that message types declare (<see cref="SearchKeyAttribute"/>).</summary>
internal interface ISearchKeyNames
{
    /// <summary>Their names.</summary>
    IEnumerable<string> SearchKeyNames { get; }
}
