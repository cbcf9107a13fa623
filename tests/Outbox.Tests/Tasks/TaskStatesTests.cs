using System.Globalization;

namespace Messaging.Outbox.Tests.Tasks;

/// <summary>A state that is added has to be placed.</summary>
public sealed class TaskStatesTests
{
    [Fact]
    public void Each_state_has_ended_waits_for_others_or_is_active() =>
        Assert.Equal(Enum.GetValues<TaskState>().Select(state => (int)state), NumbersIn(TaskStates.EndedSql, TaskStates.WaitingSql, TaskStates.ActiveSql));

    [Fact]
    public void An_open_state_has_not_ended()
    {
        Assert.Equal(NumbersIn(TaskStates.WaitingSql, TaskStates.ActiveSql), NumbersIn(TaskStates.OpenSql));
        Assert.All(TaskStates.Open, state => Assert.False(state.HasEnded));
        Assert.All(TaskStates.Ended, state => Assert.True(state.HasEnded));
    }

    private static IEnumerable<int> NumbersIn(params IEnumerable<string> lists) =>
        lists.SelectMany(list => list.Split(", ")).Select(number => int.Parse(number, CultureInfo.InvariantCulture)).Order();
}
