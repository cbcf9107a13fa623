using Messaging.Worker.Mail;
using MimeKit;

namespace Messaging.Worker.Tests.Mail;

public sealed class MailFolderTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly MailFolder _mails;

    public MailFolderTests() => _mails = new MailFolder(_folder.Path);

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_mail_that_could_not_be_written_leaves_no_file()
    {
        for (var attempt = 0; attempt < 3; attempt++)
        {
            var broken = Mail();
            broken.Body = new MimePart("application", "octet-stream") { Content = new MimeContent(new FullDisk()) };
            await Assert.ThrowsAsync<IOException>(() => _mails.SendAsync(broken, TestContext.Current.CancellationToken));
        }

        Assert.Empty(Directory.EnumerateFiles(_folder.Path));
    }

    [Fact]
    public async Task What_a_killed_process_left_of_a_mail_is_replaced()
    {
        await File.WriteAllTextAsync(_folder.File("1.eml.tmp"), "From: no", TestContext.Current.CancellationToken);

        await _mails.SendAsync(Mail(), TestContext.Current.CancellationToken);

        Assert.Equal("1.eml", Path.GetFileName(Assert.Single(Directory.EnumerateFiles(_folder.Path))));
        Assert.Contains("Hello", await File.ReadAllTextAsync(_folder.File("1.eml"), TestContext.Current.CancellationToken), StringComparison.Ordinal);
    }

    private static MimeMessage Mail() => new()
    {
        MessageId = "1@example.org",
        Body = new TextPart("plain") { Text = "Hello" },
    };

    /// <summary>Fails after some bytes, as the write of a mail does when the disk is full.</summary>
    private sealed class FullDisk : MemoryStream
    {
        private int _reads;

        public FullDisk()
            : base(new byte[100_000])
        {
        }

        public override int Read(byte[] buffer, int offset, int count) => Read();

        public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) => Task.FromResult(Read());

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) => ValueTask.FromResult(Read());

        private int Read() => _reads++ > 3 ? throw new IOException("No space left on device") : 1;
    }
}
