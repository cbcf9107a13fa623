namespace Messaging.Outbox.FastLane;

/// <summary>Reads the messages of a consumer for the fast lane.</summary>
internal interface IFastLaneReader
{
    /// <summary>The address of the consumer's queue.</summary>
    Uri InputAddress { get; }

    /// <summary>The consumer's name for logs.</summary>
    string Consumer { get; }

    /// <returns>Null for messages that the pipeline has to read, or to reject.</returns>
    FastLaneExecution? Read(OfferedDelivery offered);
}
