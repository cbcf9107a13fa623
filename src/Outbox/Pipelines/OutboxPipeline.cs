namespace Messaging.Outbox;

/// <summary>The pipeline of a queue: the steps that a delivery passes. <see cref="ToString"/> prints a line for each step.</summary>
/// <param name="Queue">The queue.</param>
/// <param name="Steps">The steps, the outermost first.</param>
public sealed record OutboxPipeline(string Queue, IReadOnlyList<OutboxPipelineStep> Steps)
{
    /// <inheritdoc />
    public override string ToString() =>
        string.Join(Environment.NewLine, Steps.Select(step => $"  {step.Name}: {step.Setting}").Prepend(Queue));
}

/// <summary>One step of a pipeline.</summary>
/// <param name="Name">The name.</param>
/// <param name="Setting">Its setting on this endpoint, with its values.</param>
public sealed record OutboxPipelineStep(string Name, string Setting);
