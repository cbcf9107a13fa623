using System;
using System.Linq;
using System.Net.Http;
using System.Threading.Tasks;
using Generated.Models;
using Microsoft.Kiota.Abstractions.Authentication;
using Microsoft.Kiota.Http.HttpClientLibrary;
using Xunit;

namespace Generated;

/// <summary>What an operator's program does with the generated client; the HTTP client brings its key.</summary>
public static class Journey
{
    public static async Task RunAsync(HttpClient http, Action blockMails, Action unblockMails)
    {
        using var adapter = new HttpClientRequestAdapter(new AnonymousAuthenticationProvider(), httpClient: http) { BaseUrl = http.BaseAddress!.ToString() };
        var client = new MessagingClient(adapter);

        // No mail can be written: the registration's message is dead-lettered.
        blockMails();
        var failing = await client.Register.PostAsync(new RegisterRequest { Email = "ada@example.org", DisplayName = "Ada" });
        await UntilAsync(client, failing!.TaskId!.Value, TaskState.Failed);
        var deadLetters = await client.DeadLetters.GetAsync();
        var deadLetter = Assert.Single(deadLetters!.Items!);
        Assert.Equal(failing.TaskId, deadLetter.TaskId);

        // Redriven when the cause is mended, it succeeds.
        unblockMails();
        await client.DeadLetters[deadLetter.Id!.Value].Redrive.PostAsync(new RedriveRequest());
        await UntilAsync(client, failing.TaskId.Value, TaskState.Succeeded);
        Assert.Empty((await client.DeadLetters.GetAsync())!.Items!);

        var registered = await client.Register.PostAsync(new RegisterRequest { Email = "bob@example.org", DisplayName = "Bob" });
        await UntilAsync(client, registered!.TaskId!.Value, TaskState.Succeeded);
    }

    private static async Task UntilAsync(MessagingClient client, Guid id, TaskState state)
    {
        for (var tries = 0; tries < 300; tries++)
        {
            var task = await client.Tasks[id].GetAsync();
            if (task!.State == state)
            {
                return;
            }

            await Task.Delay(100);
        }

        Assert.Fail($"Task {id} is not {state}.");
    }
}
