namespace Messaging.Outbox.FastLane;

/// <summary>Reads what comes to a consumer, as far as it is for the fast lane.</summary>
internal interface IFastLaneReader
{
    /// <summary>The queue that the consumer consumes.</summary>
    Uri InputAddress { get; }

    /// <summary>The consumer's name, for the log.</summary>
    string Consumer { get; }

    /// <returns>Null for what is for the pipeline to read, or to complain of.</returns>
    FastLaneExecution? Read(OfferedDelivery offered);
}
