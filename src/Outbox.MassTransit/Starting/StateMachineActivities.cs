using MassTransit;
using MassTransit.SagaStateMachine;

namespace Messaging.Outbox.MassTransit.Starting;

/// <summary>Collects the activities that a state machine resolves from the container (<c>Activity(x => x.OfType&lt;T&gt;())</c>).</summary>
internal sealed class StateMachineActivities : StateMachineVisitor
{
    private static readonly Type[] Factories =
    [
        typeof(ContainerFactoryActivity<,>), typeof(ContainerFactoryActivity<,,>),
        typeof(FaultedContainerFactoryActivity<,,>), typeof(FaultedContainerFactoryActivity<,,,>),
    ];

    public HashSet<Type> Types { get; } = [];

    public void Visit(State state, Action<State> next) => next(state);

    public void Visit(Event @event, Action<Event> next) => next(@event);

    public void Visit<TMessage>(Event<TMessage> @event, Action<Event<TMessage>> next)
        where TMessage : class => next(@event);

    public void Visit(IStateMachineActivity activity)
    {
        var type = activity.GetType();
        if (type.IsGenericType && Factories.Contains(type.GetGenericTypeDefinition()))
        {
            Types.Add(type.GetGenericArguments()[^1]); // the activity is the last type argument
        }
    }

    public void Visit(IStateMachineActivity activity, Action<IStateMachineActivity> next)
    {
        Visit(activity);
        next(activity);
    }

    public void Visit<T>(IBehavior<T> behavior)
        where T : class, SagaStateMachineInstance
    {
    }

    public void Visit<T>(IBehavior<T> behavior, Action<IBehavior<T>> next)
        where T : class, SagaStateMachineInstance => next(behavior);

    public void Visit<T, TMessage>(IBehavior<T, TMessage> behavior)
        where T : class, SagaStateMachineInstance
        where TMessage : class
    {
    }

    public void Visit<T, TMessage>(IBehavior<T, TMessage> behavior, Action<IBehavior<T, TMessage>> next)
        where T : class, SagaStateMachineInstance
        where TMessage : class => next(behavior);
}
