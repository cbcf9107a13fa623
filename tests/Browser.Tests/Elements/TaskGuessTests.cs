using Messaging.Browser.Tests.Browsing;
using Messaging.Browser.Tests.Hosts;

namespace Messaging.Browser.Tests.Elements;

/// <summary>What is offered for a text that was pasted into the filter of tasks.</summary>
public sealed class TaskGuessTests(Chromium chromium, SharedHosts hosts, ModuleProfile profile) : ModuleTests(chromium, hosts, profile)
{
    private const string Task = "01a229c0-f1a0-7f75-811f-fc7a69ab3ef5", TaskDigits = "01a229c0f1a07f75811ffc7a69ab3ef5", Trace = "0af7651916cd43dd8448eb211c80319c";

    [Theory]
    [InlineData(Task, $"Open task 69ab3ef5, trace {TaskDigits}, Open dead letter 69ab3ef5")]
    [InlineData(TaskDigits, $"Open task 69ab3ef5, trace {TaskDigits}, Open dead letter 69ab3ef5")]
    [InlineData(Trace, $"trace {Trace}, Open task 1c80319c, Open dead letter 1c80319c")]
    [InlineData($"00-{Trace}-b7ad6b7169203331-01", $"trace {Trace}")]
    [InlineData("orderId=42", "key orderId:42, error “orderId=42”")]
    [InlineData("failed", "state Failed, error “failed”")]
    public async Task An_id_is_offered_as_all_that_it_can_be(string text, string options) => Assert.Equal(options, await RunAsync<string>(
        $$"""
        const { guessTasks } = await import('/dashboard/parts/task-filter.js');
        return guessTasks('{{text}}').map(({ field, text }) => [field, text].filter(Boolean).join(' ')).join(', ');
        """));

    [Fact]
    public async Task A_text_is_offered_as_the_value_of_each_key() => Assert.Equal("key orderId:42, key customer:42", await RunAsync<string>(
        """
        const { askAll } = await import('/dashboard/lib/filter-options.js');
        const fields = [{ name: 'key', offer: async text => ['orderId', 'customer'].map(name => ({ value: `${name}:${text}` })) }, { name: 'state' }];
        const offered = await askAll({ fields, value: {} }, '42', new AbortController().signal);
        const again = await askAll({ fields, value: { key: 'orderId:1' } }, '42', new AbortController().signal);
        return offered.concat(again).map(({ field, text }) => `${field} ${text}`).join(', ');
        """));
}
