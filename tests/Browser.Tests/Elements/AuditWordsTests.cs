using Messaging.Browser.Tests.Browsing;
using Messaging.Browser.Tests.Hosts;

namespace Messaging.Browser.Tests.Elements;

/// <summary>Entries of the audit in words.</summary>
public sealed class AuditWordsTests(Chromium chromium, SharedHosts hosts, ModuleProfile profile) : ModuleTests(chromium, hosts, profile)
{
    [Theory]
    [InlineData("task.cancel", "0193a0b0-0000-7000-8000-000000000001", "{ successors: 3 }", "Cancelled a task")]
    [InlineData("task.cancel", "ids", "{ count: 312, ids: [] }", "Cancelled 312 tasks")]
    [InlineData("task.cancel", "filter", "{ count: 1 }", "Cancelled 1 task")]
    [InlineData("task.retry", "filter", "{ count: 20 }", "Retried 20 tasks")]
    [InlineData("dead-letter.redrive", "0193a0b0-0000-7000-8000-000000000001", "{ count: 1, query: { id: '0193a0b0-0000-7000-8000-000000000001' } }", "Redrove a dead letter")]
    [InlineData("dead-letter.redrive", "0193a0b0-0000-7000-8000-000000000001", "{ count: 40, query: { groupId: '0193a0b0-0000-7000-8000-000000000001' } }", "Redrove 40 dead letters")]
    [InlineData("dead-letter.drop", "filter", "{ count: 2, query: {} }", "Dropped 2 dead letters")]
    [InlineData("queue.purge", "mail", "{ purged: 12, cancelled: 12, successors: 0 }", "Purged 12 messages of a queue")]
    [InlineData("bulk-action.start", "x", "{ subject: 'Tasks', action: 'Cancel', total: 20000, totalIsExact: true }", "Began to cancel 20,000 tasks")]
    [InlineData("bulk-action.start", "x", "{ subject: 'DeadLetters', action: 'Redrive', total: 20000, totalIsExact: false }", "Began to redrive at least 20,000 dead letters")]
    [InlineData("bulk-action.step", "x", "{ subject: 'Tasks', action: 'Retry', count: 200 }", "Retried 200 tasks, one step of many")]
    [InlineData("bulk-action.end", "x", "{ subject: 'Tasks', action: 'Cancel', state: 'Done', changed: 19000 }", "It ended with 19,000 tasks cancelled")]
    [InlineData("bulk-action.end", "x", "{ subject: 'DeadLetters', action: 'Drop', state: 'Failed', changed: 1 }", "It failed with 1 dead letter dropped")]
    [InlineData("bulk-action.stop", "x", "{ subject: 'Tasks', action: 'Cancel', state: 'Stopped', changed: 200 }", "Stopped it with 200 tasks cancelled")]
    [InlineData("bulk-action.end", "x", "'of another version'", "Ended an act on many")]
    [InlineData("data.read", "x", "undefined", "data.read")]
    public async Task An_entry_says_how_many_were_changed(string action, string target, string details, string words) => Assert.Equal(words, await RunAsync<string>(
        $$"""
        const { did } = await import('/dashboard/lib/audit-words.js');
        return did({ action: '{{action}}', target: '{{target}}' }, {{details}});
        """));
}
