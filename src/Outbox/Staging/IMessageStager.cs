namespace Messaging.Outbox.Staging;

/// <summary>Makes a row of the scope's unit of work from a .NET message, through all that the bus does with one that is published.</summary>
internal interface IMessageStager
{
    /// <param name="message">The message.</param>
    /// <param name="options">What is said of it.</param>
    Task StageAsync<T>(T message, StagingOptions options)
        where T : class;
}
