using System.Diagnostics;
using System.Runtime.Versioning;

namespace Messaging.EndToEnd.Tests.Storage;

/// <summary>A disk in memory that is soon full. Needs the right to mount; where the real servers are required, it is required as well.</summary>
[UnsupportedOSPlatform("windows")]
internal sealed class SmallDisk : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private SmallDisk()
    {
    }

    public string Path => _folder.Path;

    public DriveInfo Drive => new(Path);

    public static SmallDisk Mount(int mebibytes)
    {
        var disk = new SmallDisk();
        if (Environment.IsPrivilegedProcess && Run("mount", "-t", "tmpfs", "-o", $"size={mebibytes}m,mode=700", "tmpfs", disk.Path))
        {
            return disk;
        }

        disk._folder.Dispose();
        const string Reason = "A small disk cannot be mounted: that is root's right.";
        Assert.SkipUnless(Environment.GetEnvironmentVariable("TEST_REQUIRE_SERVERS") == "1", Reason);
        throw new InvalidOperationException(Reason);
    }

    public void Dispose()
    {
        Run("umount", "--lazy", Path);
        _folder.Dispose();
    }

    private static bool Run(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { UseShellExecute = false, RedirectStandardError = true, RedirectStandardOutput = true })!;
        process.WaitForExit();
        return process.ExitCode == 0;
    }
}
