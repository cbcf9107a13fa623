using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.Options;

namespace Messaging.Api.Passwords;

/// <summary>
/// Hashes passwords, only so many at once: a hash is some hundred milliseconds of a processor, and what hashes without a limit
/// answers nothing else. Callers take turns (<see cref="FairTurns"/>). Each runs on a thread of its own, for the pool's threads are there for the
/// other requests.
/// </summary>
internal sealed class PasswordHashing(IOptions<PasswordOptions> options)
{
    // What it is for plays no part in the hash.
    private static readonly object Anybody = new();

    private readonly PasswordHasher<object> _hasher = new(
        Options.Create(new PasswordHasherOptions { IterationCount = options.Value.HashIterations }));

    private readonly FairTurns _turns = new(
        options.Value.MaxConcurrentHashes, options.Value.MaxQueuedHashesPerCaller, options.Value.MaxQueuedHashes);

    /// <summary>Waits for a turn.</summary>
    /// <returns>
    /// What gives it back; null when there was none within <see cref="PasswordOptions.MaxHashWait"/>, or when too many wait.
    /// </returns>
    public Task<IDisposable?> TryEnterAsync(string caller, CancellationToken cancellationToken) =>
        _turns.TryEnterAsync(caller, options.Value.MaxHashWait, cancellationToken);

    public Task<string> HashAsync(string password, CancellationToken cancellationToken) => Task.Factory.StartNew(
        () => _hasher.HashPassword(Anybody, password), cancellationToken, TaskCreationOptions.LongRunning, TaskScheduler.Default);
}
