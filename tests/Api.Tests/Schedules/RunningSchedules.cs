namespace Messaging.Api.Tests.Schedules;

/// <summary>A process that runs its schedules.</summary>
public sealed class RunningSchedules() : SharedApi(new StandaloneApi(StandaloneApi.RunsSchedules));
