using MimeKit;

namespace Messaging.Worker.Mail;

/// <summary>
/// Writes each mail as <c>{Message-ID}.eml</c>. The file appears complete or not at all, and a mail that is sent again replaces
/// its own file, and what an attempt that was killed has left of it.
/// </summary>
internal sealed class MailFolder(string folder) : IMailSender
{
    public async Task SendAsync(MimeMessage message, CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(folder);
        var file = Path.Combine(folder, $"{message.MessageId!.Split('@')[0]}.eml");
        var temporary = $"{file}.tmp";
        var stream = new FileStream(temporary, FileMode.Create, FileAccess.Write, FileShare.None); // refused while another attempt writes it
        try
        {
            await using (stream)
            {
                await message.WriteToAsync(stream, cancellationToken);
                stream.Flush(flushToDisk: true);
            }

            File.Move(temporary, file, overwrite: true);
        }
        catch
        {
            File.Delete(temporary); // on a full disk each attempt would leave one
            throw;
        }
    }
}
