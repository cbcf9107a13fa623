using MassTransit;

namespace Messaging.Outbox.MassTransit.Sagas;

/// <summary>Reads the name of an instance's current state; null for a saga that is no state machine.</summary>
internal abstract class SagaStateName<TSaga>
    where TSaga : class, ISaga
{
    public static Type Implementation { get; } = typeof(TSaga).IsAssignableTo(typeof(SagaStateMachineInstance))
        ? typeof(StateMachineStateName<>).MakeGenericType(typeof(TSaga))
        : typeof(NoStateName<TSaga>);

    public abstract ValueTask<string?> ReadAsync(SagaConsumeContext<TSaga> context);
}

internal sealed class NoStateName<TSaga> : SagaStateName<TSaga>
    where TSaga : class, ISaga
{
    public override ValueTask<string?> ReadAsync(SagaConsumeContext<TSaga> context) => ValueTask.FromResult<string?>(null);
}

internal sealed class StateMachineStateName<TSaga>(SagaStateMachine<TSaga> machine) : SagaStateName<TSaga>
    where TSaga : class, SagaStateMachineInstance
{
    public override async ValueTask<string?> ReadAsync(SagaConsumeContext<TSaga> context) =>
        (await machine.Accessor.Get(new MassTransitStateMachine<TSaga>.BehaviorContextProxy(machine, context, machine.Initial.Enter)))?.Name;
}
