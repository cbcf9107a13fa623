using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.Options;

namespace Messaging.Api.Passwords;

/// <summary>
/// Hashes passwords, only so many at once: a hash is some hundred milliseconds of a processor, and what hashes without a limit
/// answers nothing else. Each runs on a thread of its own, for the pool's threads are there for the other requests.
/// </summary>
internal sealed class PasswordHashing(IOptions<PasswordOptions> options) : IDisposable
{
    // What it is for plays no part in the hash.
    private static readonly object Anybody = new();

    private readonly PasswordHasher<object> _hasher = new(
        Options.Create(new PasswordHasherOptions { IterationCount = options.Value.HashIterations }));

    private readonly SemaphoreSlim _turns = new(options.Value.MaxConcurrentHashes);

    /// <summary>Waits for a turn.</summary>
    /// <returns>What gives it back; null when there was none within <see cref="PasswordOptions.MaxHashWait"/>.</returns>
    public async Task<IDisposable?> TryEnterAsync(CancellationToken cancellationToken) =>
        await _turns.WaitAsync(options.Value.MaxHashWait, cancellationToken) ? new Turn(_turns) : null;

    public Task<string> HashAsync(string password, CancellationToken cancellationToken) => Task.Factory.StartNew(
        () => _hasher.HashPassword(Anybody, password), cancellationToken, TaskCreationOptions.LongRunning, TaskScheduler.Default);

    public void Dispose() => _turns.Dispose();

    private sealed class Turn(SemaphoreSlim turns) : IDisposable
    {
        public void Dispose() => turns.Release();
    }
}
