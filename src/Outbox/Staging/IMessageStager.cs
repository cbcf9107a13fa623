namespace Messaging.Outbox.Staging;

/// <summary>Creates a row of the scope's unit of work from a .NET message, by the same pipeline in which the bus publishes.</summary>
internal interface IMessageStager
{
    /// <param name="message">The message.</param>
    /// <param name="options">Its options.</param>
    Task StageAsync<T>(T message, StagingOptions options)
        where T : class;
}
