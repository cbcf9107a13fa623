using Messaging.Outbox.Tests.MassTransit.Pipeline;
using Microsoft.Extensions.DependencyInjection;

namespace Messaging.Outbox.Tests.Reasons;

internal static class ReasonExtensions
{
    /// <summary>Why a task that exists is not running.</summary>
    public static async Task<TaskReason> WhyAsync(this PipelineUnderTest pipeline, Guid id) => (await pipeline.FindWhyAsync(id))!;

    public static Task<TaskReason?> FindWhyAsync(this PipelineUnderTest pipeline, Guid id) =>
        pipeline.Services.GetRequiredService<ITaskReasons>().FindAsync(id);
}
