namespace Messaging.Outbox;

/// <summary>What a delivery of one queue goes through. <see cref="ToString"/> prints it, a line for each step.</summary>
/// <param name="Queue">The queue.</param>
/// <param name="Steps">The steps, the outermost first.</param>
public sealed record OutboxPipeline(string Queue, IReadOnlyList<OutboxPipelineStep> Steps)
{
    /// <inheritdoc />
    public override string ToString() =>
        string.Join(Environment.NewLine, Steps.Select(step => $"  {step.Name}: {step.Setting}").Prepend(Queue));
}

/// <summary>One step of a pipeline.</summary>
/// <param name="Name">What it is called.</param>
/// <param name="Setting">What it does here, with its numbers.</param>
public sealed record OutboxPipelineStep(string Name, string Setting);
