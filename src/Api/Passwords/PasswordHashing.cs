using Messaging.Outbox.AspNetCore;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.Options;

namespace Messaging.Api.Passwords;

/// <summary>
/// Hashes passwords with limited concurrency: a hash takes some hundred milliseconds of CPU time, and without a limit the process
/// would answer nothing else. Callers take turns (<see cref="FairTurns"/>). Each hash runs on its own thread, so that the thread
/// pool stays free for other requests.
/// </summary>
internal sealed class PasswordHashing(IOptions<PasswordOptions> options)
{
    // The hasher ignores the user argument.
    private static readonly object Anybody = new();

    private readonly PasswordHasher<object> _hasher = new(
        Options.Create(new PasswordHasherOptions { IterationCount = options.Value.HashIterations }));

    private readonly FairTurns _turns = new(
        options.Value.MaxConcurrentHashes, options.Value.MaxQueuedHashesPerCaller, options.Value.MaxQueuedHashes);

    /// <summary>Waits for a turn.</summary>
    /// <returns>
    /// Releases the turn when disposed; null if there was none within <see cref="PasswordOptions.MaxHashWait"/>, or if too many requests wait.
    /// </returns>
    public Task<IDisposable?> TryEnterAsync(string caller, CancellationToken cancellationToken) =>
        _turns.TryEnterAsync(caller, options.Value.MaxHashWait, cancellationToken);

    public Task<string> HashAsync(string password, CancellationToken cancellationToken) => Task.Factory.StartNew(
        () => _hasher.HashPassword(Anybody, password), cancellationToken, TaskCreationOptions.LongRunning, TaskScheduler.Default);
}
